import { join } from 'node:path'
import { log } from '../adapters/log.ts'
import { connectDatabase, databaseSettings } from '../adapters/postgres/connect.ts'
import { migrate } from '../adapters/postgres/migrate.ts'
import { ensurePartitions } from '../adapters/postgres/partitions.ts'
import { integer, readSettings } from '../adapters/settings.ts'
import { setting } from '../core/settings.ts'

const { daysBack, daysAhead, ...database } = readSettings(process.env, {
  daysBack: integer(setting.partitionDaysBack, { min: 1, max: 400 }),
  daysAhead: integer(setting.partitionDaysAhead, { min: 1, max: 60 }),
  ...databaseSettings,
})

const pool = connectDatabase(database)

/** Brings the schema up to date and makes the partitions of the days to come. Running it again changes nothing. */
export const handler = async (): Promise<void> => {
  const client = await pool.connect()
  try {
    // the bundle holds a copy of the folder beside its code
    const migrations = await migrate(client, join(import.meta.dirname, 'db'))
    const daysMade = await ensurePartitions(client, daysBack, daysAhead)
    log.info('upkeep_done', { migrations: migrations.join(' '), daysMade })
  } finally {
    client.release()
  }
}
