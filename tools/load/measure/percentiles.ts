import type { Histogram } from 'node:perf_hooks'
import type { Percentiles } from '../result.ts'

/** Of a histogram whose values are so many to a millisecond. */
export const percentilesOf = (histogram: Histogram, perMs: number): Percentiles =>
  histogram.count === 0
    ? { p50: null, p99: null, max: null }
    : { p50: histogram.percentile(50) / perMs, p99: histogram.percentile(99) / perMs, max: histogram.max / perMs }

/** The same of a whole run and of its halves: a device that is loud is so in the second. */
export interface ByHalf {
  readonly whole: Percentiles
  readonly first: Percentiles
  readonly second: Percentiles
}
