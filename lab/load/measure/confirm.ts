import type { Percentiles } from '../result/result.ts'
import type { GatewayTotals } from './doubt.ts'

/** Percentiles from the buckets of the gateway's histogram, interpolated within a bucket. The last bucket has no bound. */
export const confirmPercentiles = ({ bounds, confirmedWithin }: GatewayTotals): Percentiles => {
  const total = confirmedWithin(Number.POSITIVE_INFINITY)
  if (total === 0) return { p50: null, p99: null, max: null }
  const finite = bounds.filter(Number.isFinite)
  const quantile = (part: number) => {
    const rank = part * total
    const at = finite.findIndex((bound) => confirmedWithin(bound) >= rank)
    if (at < 0) return (finite.at(-1) ?? 0) * 1_000
    const [low, high] = [at === 0 ? 0 : (finite[at - 1] ?? 0), finite[at] ?? 0]
    const below = at === 0 ? 0 : confirmedWithin(low)
    const inside = confirmedWithin(high) - below
    return Math.round((low + ((high - low) * (rank - below)) / inside) * 10_000) / 10
  }
  const highest = finite.find((bound) => confirmedWithin(bound) >= total) ?? finite.at(-1) ?? 0
  return { p50: quantile(0.5), p99: quantile(0.99), max: highest * 1_000 }
}
