import { createHistogram, type Histogram } from 'node:perf_hooks'
import type { Contrast, Percentiles } from '../result/result.ts'

/** Times of the whole run, and of two phases of it (see `phaseOf`). */
export interface ByPhase extends Contrast {
  readonly whole: Percentiles
}

/**
 * The phase of a run that an instant belongs to. A loud device is loud in the second half. `before` is only the second
 * quarter, because the first messages wait for processes that are starting.
 */
export const phaseOf = (dueMs: number, runMs: number): 'start' | 'before' | 'during' =>
  dueMs < runMs / 4 ? 'start' : dueMs < runMs / 2 ? 'before' : 'during'

const longestMs = 3_600_000

/**
 * Durations by the phase in which they were due, in HDR histograms with three digits.
 * @param perMs the resolution: this many units a millisecond
 */
export const createPhases = (runMs: number, perMs: number) => {
  const open = () => createHistogram({ lowest: 1, highest: longestMs * perMs, figures: 3 })
  const phases = { start: open(), before: open(), during: open() }
  const percentilesOf = (histogram: Histogram): Percentiles =>
    histogram.count === 0
      ? { p50: null, p99: null, max: null }
      : { p50: histogram.percentile(50) / perMs, p99: histogram.percentile(99) / perMs, max: histogram.max / perMs }
  return {
    record: (dueMs: number, tookMs: number) =>
      phases[phaseOf(dueMs, runMs)].record(Math.max(1, Math.round(Math.min(tookMs, longestMs) * perMs))),
    read: (): ByPhase => {
      const whole = open()
      for (const phase of Object.values(phases)) whole.add(phase)
      return {
        whole: percentilesOf(whole),
        before: percentilesOf(phases.before),
        during: percentilesOf(phases.during),
      }
    },
  }
}
