import { Worker } from 'node:worker_threads'

/** Longer than any collection or burst, and short against the two minutes that a load balancer needs to notice. */
const standstillSeconds = 30

/**
 * What runs beside the event loop, as text because a bundle is one file. It counts checks and not seconds: a process that was
 * stopped and goes on is not a process that hangs. SIGKILL, because nothing else ends a loop that stands, and a direct write,
 * because the log of a thread goes through that loop.
 */
const watcher = `
const { workerData: { beats, checkMs, checks } } = require('node:worker_threads')
const { writeSync } = require('node:fs')
let seen = -1
let unchanged = 0
setInterval(() => {
  const now = Atomics.load(beats, 0)
  unchanged = now === seen ? unchanged + 1 : 0
  seen = now
  if (unchanged < checks) return
  const at = new Date().toISOString()
  writeSync(1, JSON.stringify({ level: 'error', event: 'event_loop_stands', at, seconds: checks * checkMs / 1000 }) + '\\n')
  process.kill(process.pid, 'SIGKILL')
}, checkMs)
`

/**
 * Ends this process when its event loop has stood still for that long; ECS then starts another. No health check does: an
 * unhealthy task keeps its memory on purpose (`lib/ingest/gateway-tasks.ts`), and one that hangs would be kept with it.
 */
export const endWhenLoopStands = (seconds = standstillSeconds): void => {
  const checks = 6
  const checkMs = (seconds * 1000) / checks
  const beats = new Int32Array(new SharedArrayBuffer(4))
  new Worker(watcher, { eval: true, execArgv: [], workerData: { beats, checkMs, checks } }).unref()
  setInterval(() => Atomics.add(beats, 0, 1), checkMs / 2).unref()
}
