import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { migrate } from '../../adapters/postgres/upkeep/migrate.ts'
import { ensurePartitions } from '../../adapters/postgres/upkeep/partitions.ts'
import { startPostgres } from '../../local/engines/postgres.ts'
import { makeCluster } from '../../local/engines/postgres-data.ts'
import { postgresBinaries, runAsUnprivileged } from '../../local/engines/postgres-programs.ts'

/** A database of one's own, with the schema of `db/` and the partitions of 40 days back and 8 ahead. */
export interface TestDatabase {
  /** Signed in as the owner. */
  readonly pool: pg.Pool
  /** Connection string of the owner. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly database: string
  /** Of the owner and of the roles of the schema. */
  readonly password: string
  /** Drops the database; when it was this process's last, its server ends. */
  readonly close: () => Promise<void>
}

interface Server {
  readonly port: number
  readonly password: string
}

const template = 'sluice_template'
const host = '127.0.0.1'
const urlOf = ({ port, password }: Server, database: string) =>
  `postgres://postgres:${password}@${host}:${port}/${database}`

const onServer = async <T>(server: Server, database: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client(urlOf(server, database))
  await client.connect()
  return work(client).finally(() => client.end())
}

const makeTemplate = async (server: Server) => {
  await onServer(server, 'postgres', (client) => client.query(`CREATE DATABASE ${template}`))
  await onServer(server, template, async (client) => {
    await migrate(client, join(import.meta.dirname, '../../db'))
    await ensurePartitions(client, 40, 8)
    for (const role of ['sluice_app', 'sluice_reader'])
      await client.query(`ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(server.password)}`)
  })
}

const startServer = async (): Promise<Server & { stop: () => Promise<void> }> => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-postgres-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const { initdb } = await postgresBinaries()
  const data = await makeCluster(folder, initdb, runAsUnprivileged())
  // what a power cut would lose, a test does not miss
  appendFileSync(join(data, 'postgresql.conf'), 'fsync = off\n')
  const server = await startPostgres({ dataDir: folder })
  const stop = async () => {
    await server.stop()
    remove()
  }
  try {
    await makeTemplate(server)
  } catch (error) {
    await stop()
    throw error
  }
  return { port: server.port, password: server.password, stop }
}

const serverOfRun = 'SLUICE_TEST_POSTGRES'

/** For vitest's `globalSetup`: one server for all files of a run. Without it each process starts its own. */
export const setup = async (): Promise<() => Promise<void>> => {
  const { stop, ...server } = await startServer()
  process.env[serverOfRun] = JSON.stringify(server)
  return stop
}

let own: ReturnType<typeof startServer> | null = null
let open = 0

/**
 * The end of a pool comes before that of its connections, and one that is cut while it closes is an error that nobody
 * hears: so the drop waits for them, and forces only those that never end.
 */
const dropDatabase = (server: Server, database: string) =>
  onServer(server, 'postgres', async (client) => {
    const isInUse = async () =>
      (await client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [database])).rowCount
    for (let looks = 0; looks < 50 && (await isInUse()); looks++) await pause(10)
    await client.query(`DROP DATABASE ${database} WITH (FORCE)`)
  })

/** Makes a database; call `close` in `afterAll`. */
export const openDatabase = async (): Promise<TestDatabase> => {
  const shared = process.env[serverOfRun]
  own ??= shared ? null : startServer()
  const server: Server = (await own) ?? JSON.parse(shared ?? '{}')
  open++
  const database = `test_${randomBytes(6).toString('hex')}`
  // copied as files, which costs half of what a copy through the write-ahead log does
  await onServer(server, 'postgres', (client) =>
    client.query(`CREATE DATABASE ${database} TEMPLATE ${template} STRATEGY FILE_COPY`),
  )
  const url = urlOf(server, database)
  const pool = new pg.Pool({ connectionString: url })
  pool.on('error', () => {})
  const close = async () => {
    await pool.end()
    await dropDatabase(server, database)
    open--
    if (open > 0 || own === null) return
    const { stop } = await own
    own = null
    await stop()
  }
  return { pool, url, host, port: server.port, database, password: server.password, close }
}
