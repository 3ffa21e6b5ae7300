import type { Measurements, Metrics } from '../adapters/process/metrics.ts'
import { type Vital, vital } from '../contract/vitals.ts'
import { watchEventLoop } from './event-loop.ts'

/** What was counted between two readings of the totals. Never below zero: the kernel forgets a closed socket. */
export const since = (before: Measurements, now: Measurements): Measurements =>
  Object.fromEntries(
    Object.entries(now).map(([name, total]) => [name, Math.max(0, total - (before[name as Vital] ?? 0))]),
  )

/**
 * Writes each minute what `/metrics` would show, for places without a scraper: CloudWatch reads it from the log.
 * @param read sums since the start
 * @param measured numbers that are written as they are
 * @returns a function that writes what was counted since the last minute, for the end
 */
export const reportEachMinute = (
  { read, measured }: { read: () => Promise<Measurements>; measured: () => Measurements },
  metrics: Metrics,
): (() => Promise<void>) => {
  const eventLoop = watchEventLoop()
  let before: Measurements = {}
  const report = async () => {
    const now = await read()
    metrics.write({
      ...since(before, now),
      ...measured(),
      [vital.eventLoopDelaySeconds]: eventLoop.delaySeconds(0.999),
    })
    before = now
    eventLoop.forget()
  }
  setInterval(report, 60_000).unref()
  return report
}
