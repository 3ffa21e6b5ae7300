import { spawn } from 'node:child_process'
import { closeSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { endWithin, exitOf, logPath, openLog, type Running } from '../process/child.ts'
import { freePort } from '../process/ports.ts'
import { StartFault } from '../process/starting.ts'
import { makeCluster, postgresPassword, postgresUser, postmaster, stopOrphan } from './postgres-data.ts'
import { postgresBinaries, type RunAs, runAsUnprivileged } from './postgres-programs.ts'

export interface Postgres extends Running {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** Ends it by SIGKILL, as a power cut would. */
  readonly kill: () => Promise<void>
}

const host = '127.0.0.1'
const startLimitMs = 60_000
const stopLimitMs = 10_000

/**
 * Becomes the server, with a watcher beside it that reads a pipe from the runner. The pipe closes when the runner ends,
 * even by SIGKILL, and the watcher then asks for a fast shutdown: no server is left behind.
 */
const guard = '( read -r _ <&3; kill -INT $$ ) & exec "$@" 3<&-'

/**
 * For runs that measure: the buffers of a 2 GB RDS instance, and twice the default write-ahead log. With the default, a
 * checkpoint begins within a minute at 10,000 messages a second.
 */
const scratchSizes = ['-c', 'shared_buffers=512MB', '-c', 'max_wal_size=2GB']

const launch = (postgres: string, data: string, port: number, runAs: RunAs, dataDir: string, sizes: string[]) => {
  const place = ['-D', data, '-p', String(port), '-c', `listen_addresses=${host}`, '-c', 'unix_socket_directories=']
  const log = openLog(dataDir, 'postgres')
  try {
    return spawn('sh', ['-c', guard, 'sh', ...runAs.prefix, postgres, ...place, ...sizes], {
      ...runAs.ids,
      cwd: '/',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      detached: true,
      stdio: ['ignore', log, log, 'pipe'],
    })
  } finally {
    closeSync(log)
  }
}

const lastLines = (path: string) => readFileSync(path, 'utf8').trim().split('\n').slice(-3).join(' | ')

/**
 * Starts a PostgreSQL server on `DATA_DIR/postgres`, which the first start makes. It listens on 127.0.0.1 only. First
 * stops a server that a killed run left on the same data.
 * @throws StartFault with the end of its log, when it does not start
 */
export const startPostgres = async (options: {
  dataDir: string
  port?: number
  isScratch?: boolean
}): Promise<Postgres> => {
  const { dataDir, isScratch = false } = options
  const { initdb, postgres } = await postgresBinaries()
  const runAs = runAsUnprivileged()
  const data = await makeCluster(dataDir, initdb, runAs)
  await stopOrphan(data)
  const port = options.port ?? (await freePort())
  const child = launch(postgres, data, port, runAs, dataDir, isScratch ? scratchSizes : [])
  const pipe = child.stdio[3]
  let ended = false
  const exited = exitOf(child).then(() => {
    ended = true
    pipe?.destroy()
  })
  const deadline = Date.now() + startLimitMs
  const isReady = () => {
    const server = postmaster(data)
    return server?.pid === child.pid && server?.ready
  }
  while (!isReady()) {
    if (ended || Date.now() > deadline) {
      child.kill('SIGKILL')
      await exited
      throw new StartFault(`PostgreSQL did not start: ${lastLines(logPath(dataDir, 'postgres'))}`)
    }
    await sleep(20)
  }
  const stop = async () => {
    child.kill('SIGINT')
    await endWithin(child, exited, stopLimitMs)
  }
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  return {
    pid: child.pid ?? 0,
    host,
    port,
    user: postgresUser,
    password: postgresPassword(dataDir),
    exited,
    stop,
    kill,
  }
}
