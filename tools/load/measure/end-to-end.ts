import { createHistogram } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import type { LoadFleet } from '../plan/fleet.ts'
import { radioOf } from '../plan/radio.ts'
import type { Percentiles } from '../result.ts'

const pollMs = 50
const betweenMs = 400
const aheadMs = 50

/**
 * Follows one message after the other from when it is due until it can be read as a reading, until the signal.
 * What is followed is few: it must not become the load.
 */
export const followMessages = (fleet: LoadFleet, apiUrl: string, beginsAtMs: number, signal: AbortSignal) => {
  const seen = createHistogram({ lowest: 1, highest: 3_600_000, figures: 3 })
  const perMs = fleet.hourly / (fleet.plan.seconds * 1_000)

  const pick = (): number | null => {
    const first = Math.ceil((Date.now() - beginsAtMs + aheadMs) * perMs)
    for (let number = Math.max(0, first); number < Math.min(first + 200, fleet.hourly); number++)
      if (radioOf(fleet.plan.seed, number) === 'plain' && !(fleet.isSigfox(number) && fleet.isUnreadable(number)))
        return number
    return null
  }
  const isRead = async (number: number) => {
    const at = fleet.timeOf(number)
    const span = `from=${new Date(at * 1_000).toISOString()}&to=${new Date((at + 1) * 1_000).toISOString()}&limit=1`
    const response = await fetch(`${apiUrl}/v1/devices/${fleet.deviceIdOf(number)}/readings?${span}`, { signal })
    const { readings = [] } = response.ok ? ((await response.json()) as { readings?: unknown[] }) : {}
    if (!response.ok) await response.body?.cancel().catch(() => undefined)
    return readings.length > 0
  }
  const follow = async (number: number) => {
    // one by one it leaves when it is due, in a batch when its second has ended
    const dueMs = fleet.dueMs(number)
    const leavesMs = fleet.plan.sigfoxBatches && fleet.isSigfox(number) ? Math.ceil(dueMs / 1_000) * 1_000 : dueMs
    await pause(Math.max(0, beginsAtMs + leavesMs - Date.now()), null, { signal })
    while (!(await isRead(number).catch(() => false))) await pause(pollMs, null, { signal })
    seen.record(Math.max(1, Math.round(Date.now() - beginsAtMs - leavesMs)))
  }
  const run = async () => {
    await pause(Math.max(0, beginsAtMs - Date.now()), null, { signal })
    for (let number = pick(); !signal.aborted && number !== null; number = pick()) {
      await follow(number)
      await pause(betweenMs, null, { signal })
    }
  }
  const ended = run().catch(() => undefined)
  return {
    ended,
    percentiles: (): Percentiles =>
      seen.count === 0
        ? { p50: null, p99: null, max: null }
        : { p50: seen.percentile(50), p99: seen.percentile(99), max: seen.max },
  }
}
