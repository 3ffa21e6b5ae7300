import { createHistogram } from 'node:perf_hooks'
import { type ByHalf, percentilesOf } from './percentiles.ts'

/**
 * Durations in high resolution, apart by the half of the run in which they were due; an HDR histogram of three figures.
 * @param perMs how finely a millisecond is divided
 */
export const createHalves = (halfTimeMs: number, perMs: number) => {
  const longestMs = 3_600_000
  const open = () => createHistogram({ lowest: 1, highest: longestMs * perMs, figures: 3 })
  const [first, second] = [open(), open()]
  return {
    record: (dueMs: number, tookMs: number) =>
      (dueMs < halfTimeMs ? first : second).record(Math.max(1, Math.round(Math.min(tookMs, longestMs) * perMs))),
    read: (): ByHalf => {
      const whole = open()
      whole.add(first)
      whole.add(second)
      return {
        whole: percentilesOf(whole, perMs),
        first: percentilesOf(first, perMs),
        second: percentilesOf(second, perMs),
      }
    },
  }
}
