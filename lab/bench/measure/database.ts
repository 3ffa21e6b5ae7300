import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { migrate } from '../../../adapters/postgres/upkeep/migrate.ts'
import { ensurePartitions } from '../../../adapters/postgres/upkeep/partitions.ts'
import { startPostgres } from '../../../local/engines/postgres.ts'
import { makeCluster } from '../../../local/engines/postgres-data.ts'
import { postgresBinaries, runAsUnprivileged } from '../../../local/engines/postgres-programs.ts'

/**
 * The settings of a small instance: every commit is flushed to disk. Checkpoints are taken by hand, so that each figure has
 * the same share of full-page images.
 */
const settings = `
shared_buffers = 512MB
max_wal_size = 8GB
checkpoint_timeout = 1h
fsync = on
synchronous_commit = on
`

export interface BenchDatabase {
  /** One connection, like a worker. */
  readonly worker: pg.Pool
  /** One connection of the tables' owner, for work that upkeep does. */
  readonly owner: pg.Pool
  /** For looking at the server without being part of the work. */
  readonly observer: pg.Pool
  readonly close: () => Promise<void>
}

const prepare = async (owner: pg.Pool, password: string) => {
  const client = await owner.connect()
  try {
    await migrate(client, join(import.meta.dirname, '../../../db'))
    // the benchmarks measure open days
    await client.query(`UPDATE closed_days SET before = date_trunc('day', now(), 'UTC') - interval '3 days'`)
    await ensurePartitions(client, 3, 3)
    await client.query(`ALTER ROLE sluice_app PASSWORD ${client.escapeLiteral(password)}`)
  } finally {
    client.release()
  }
}

/** Starts a server with durable settings and the schema of `db/`, and connects to it twice. */
export const openBenchDatabase = async (): Promise<BenchDatabase> => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const { initdb } = await postgresBinaries()
  const data = await makeCluster(folder, initdb, runAsUnprivileged())
  appendFileSync(join(data, 'postgresql.conf'), settings)
  const server = await startPostgres({ dataDir: folder })
  const { host, port, user, password } = server
  const connect = (as: string) => {
    const pool = new pg.Pool({ host, port, user: as, password, database: 'postgres', max: 1, idleTimeoutMillis: 0 })
    // the server's end may come before the pool's
    pool.on('error', () => {})
    return pool
  }
  const [observer, owner, worker] = [connect(user), connect(user), connect('sluice_app')]
  const close = async () => {
    await Promise.all([worker.end(), owner.end(), observer.end()])
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await prepare(observer, password)
  } catch (error) {
    await close()
    throw error
  }
  return { worker, owner, observer, close }
}
