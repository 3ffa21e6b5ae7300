import { join } from 'node:path'
import type pg from 'pg'
import { closeDays } from '../adapters/postgres/closed-days/close.ts'
import { connectDatabase, databaseSettings } from '../adapters/postgres/connection/connect.ts'
import { replayLeft } from '../adapters/postgres/replay/left-requests.ts'
import { indexClosedDays } from '../adapters/postgres/upkeep/indexes.ts'
import { migrate } from '../adapters/postgres/upkeep/migrate.ts'
import { ensurePartitions } from '../adapters/postgres/upkeep/partitions.ts'
import { deleteOldReadings, deleteOldUndated, dropOldDays } from '../adapters/postgres/upkeep/retention.ts'
import { sha256 } from '../adapters/process/ids.ts'
import { log } from '../adapters/process/log.ts'
import { integer, optionalText, readSettings } from '../adapters/process/settings.ts'
import { setting } from '../contract/settings.ts'
import { profileOfDatagram, profiles } from '../core/devices/index.ts'

const { daysBack, daysAhead, readingDays, defaultProfile, ...database } = readSettings(process.env, {
  daysBack: integer(setting.partitionDaysBack, { min: 1, max: 400 }),
  daysAhead: integer(setting.partitionDaysAhead, { min: 1, max: 60 }),
  readingDays: integer(setting.readingRetentionDays, { min: 0, max: 36_500, fallback: 0 }),
  defaultProfile: optionalText(setting.defaultProfile),
  ...databaseSettings,
})

const pool = connectDatabase(database)

/** Of fifteen minutes; what is not done goes on the next day. */
const budgetMs = 60_000

/** A day that was begun is closed as a whole: five minutes more carry the rows of the largest fleet of one instance. */
const closingBudgetMs = 300_000

/** Removes what is older than is kept. What goes wrong is said and tried again tomorrow: it must not stop a deployment. */
const removeOld = async (client: pg.PoolClient): Promise<void> => {
  const days = await dropOldDays(client, daysBack)
  const undated = await deleteOldUndated(client, daysBack)
  const indexed = await indexClosedDays(client, budgetMs)
  log.info('retention_done', { days, messages: undated.messages, rejects: undated.rejects, indexed })
}

const removeOldReadings = async (): Promise<void> => {
  if (readingDays === 0) return
  const { readings, events } = await deleteOldReadings(pool, readingDays, budgetMs)
  log.info('reading_retention_done', { readings, events })
}

const replayRequested = async (): Promise<void> => {
  // workers have 20 s; without a limit the function would not end in its time
  await pool.query(`SET statement_timeout = '60s'`)
  try {
    const devices = await replayLeft(pool, { digest: sha256, profiles, profileOfDatagram, defaultProfile }, budgetMs)
    log.info('requested_replays_done', { devices })
  } finally {
    await pool.query('RESET statement_timeout')
  }
}

const closeOldDays = async (): Promise<void> => {
  const { days, rows, isDone } = await closeDays(pool, closingBudgetMs)
  log.info('closing_done', { days, rows, isDone })
}

const tomorrowAgain = (error: unknown) => log.error('retention_failed', { error: String(error) })

/**
 * Brings the schema up to date, makes the partitions of the days to come, removes what is too old, replays what workers
 * left and closes the days that are over. Running it again changes nothing.
 */
export const handler = async (): Promise<void> => {
  const client = await pool.connect()
  try {
    // the bundle holds a copy of the folder beside its code
    const migrations = await migrate(client, join(import.meta.dirname, 'db'))
    const daysMade = await ensurePartitions(client, daysBack, daysAhead)
    log.info('upkeep_done', { migrations: migrations.join(' '), daysMade })
    await removeOld(client).catch(tomorrowAgain)
  } finally {
    client.release()
  }
  await removeOldReadings().catch(tomorrowAgain)
  await replayRequested().catch(tomorrowAgain)
  await closeOldDays().catch(tomorrowAgain)
}
