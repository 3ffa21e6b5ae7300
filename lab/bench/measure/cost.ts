import { readFileSync } from 'node:fs'
import type pg from 'pg'

/** What some work took: CPU of this process and of PostgreSQL, time, log and disk. */
export interface Cost {
  readonly nodeMicros: number
  readonly serverMicros: number
  readonly wallMicros: number
  readonly walBytes: number
  readonly storedBytes: number
}

interface Server {
  readonly wal: number
  readonly stored: number
  readonly pids: number[]
}

const look = async (observer: pg.Pool): Promise<Server> => {
  const { rows } = await observer.query<Server>(
    `SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS wal, pg_database_size(current_database())::float8 AS stored,
       (SELECT array_agg(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()) AS pids`,
  )
  const [server] = rows
  if (!server) throw new Error('PostgreSQL returned no row.')
  return server
}

/** CPU time of a process in nanoseconds. The ticks of `/proc/PID/stat` are too coarse for one batch. */
export const cpuNanos = (pid: number): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0])
  } catch {
    return process.platform === 'linux' ? 0 : Number.NaN
  }
}

/** Runs `work` and measures what it took. A worker of PostgreSQL that ends during the work is not counted. */
export const costOf = async (observer: pg.Pool, work: () => Promise<unknown>): Promise<Cost> => {
  const before = await look(observer)
  const serverBefore = new Map(before.pids.map((pid) => [pid, cpuNanos(pid)]))
  const wallBefore = performance.now()
  const nodeBefore = process.cpuUsage()
  await work()
  const node = process.cpuUsage(nodeBefore)
  const wallMicros = (performance.now() - wallBefore) * 1000
  const serverNanos = before.pids.reduce(
    (sum, pid) => sum + Math.max(0, cpuNanos(pid) - (serverBefore.get(pid) ?? 0)),
    0,
  )
  const after = await look(observer)
  return {
    nodeMicros: node.user + node.system,
    serverMicros: serverNanos / 1000,
    wallMicros,
    walBytes: after.wal - before.wal,
    storedBytes: after.stored - before.stored,
  }
}
