import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Measurements, Metrics } from '../adapters/metrics.ts'
import { vital } from '../core/vitals.ts'
import type { Totals } from './tally.ts'

const resolutionMs = 20
const nothing: Totals = { received: 0, accepted: 0, rejected: 0, shed: 0, kernelDrops: 0 }

/** What came between two readings of the totals. */
export const since = (before: Totals, now: Totals): Measurements => ({
  [vital.received]: now.received - before.received,
  [vital.accepted]: now.accepted - before.accepted,
  [vital.rejected]: now.rejected - before.rejected,
  [vital.shed]: now.shed - before.shed,
  // the kernel forgets a socket that was closed
  [vital.kernelDrops]: Math.max(0, now.kernelDrops - before.kernelDrops),
})

/**
 * Writes each minute what `/metrics` would show, for where nobody scrapes: CloudWatch reads it from the log.
 * @returns a function that writes what came since the last minute: for the end
 */
export const reportEachMinute = (read: () => Promise<Totals>, metrics: Metrics): (() => Promise<void>) => {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  let before = nothing
  const report = async () => {
    const now = await read()
    // what is measured is the time between two ticks: the tick itself is no delay
    const delaySeconds = delay.count === 0 ? 0 : Math.max(0, delay.percentile(99.9) / 1e9 - resolutionMs / 1000)
    metrics.write({ ...since(before, now), [vital.eventLoopDelaySeconds]: delaySeconds })
    before = now
    delay.reset()
  }
  setInterval(report, 60_000).unref()
  return report
}
