import { setTimeout as pause } from 'node:timers/promises'
import type { LoadFleet } from '../plan/fleet.ts'
import { radioOf } from '../plan/radio.ts'
import { createPhases } from '../sender/phases.ts'

const everyMs = 1_000
const aheadMs = 100
const shortestPollMs = 50
/** A slow message is asked for less often, so that measuring does not become the load. */
const pollPart = 0.2

/**
 * Follows one message a second from when it is due until its reading can be read, until the signal. The time alone decides
 * which message, so that slow times are not sampled less.
 */
export const followMessages = (fleet: LoadFleet, apiUrl: string, beginsAtMs: number, signal: AbortSignal) => {
  const seen = createPhases(fleet.plan.seconds * 1_000, 1)
  const perMs = fleet.hourly / (fleet.plan.seconds * 1_000)
  const nowMs = () => Date.now() - beginsAtMs
  const until = (ms: number) => pause(Math.max(0, ms - nowMs()), null, { signal })

  const pick = (atMs: number): number | null => {
    const first = Math.ceil(atMs * perMs)
    for (let number = first; number < Math.min(first + 200, fleet.hourly); number++)
      if (radioOf(fleet.plan.seed, number) === 'plain' && fleet.tellsItsTime(number)) return number
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
    // a batch leaves when its second has ended, any other message when it is due
    const dueMs = fleet.dueMs(number)
    const leavesMs = fleet.plan.sigfoxBatches && fleet.isSigfox(number) ? Math.ceil(dueMs / 1_000) * 1_000 : dueMs
    await until(leavesMs)
    while (!(await isRead(number).catch(() => false)))
      await until(nowMs() + Math.max(shortestPollMs, pollPart * (nowMs() - leavesMs)))
    seen.record(leavesMs, nowMs() - leavesMs)
  }
  const run = async () => {
    const followed: Promise<void>[] = []
    for (let second = 0; second < fleet.plan.seconds; second++) {
      const aimedMs = second * everyMs + aheadMs
      await until(aimedMs - aheadMs)
      const number = pick(aimedMs)
      if (number !== null) followed.push(follow(number).catch(() => undefined))
    }
    await Promise.all(followed)
  }
  const ended = run().catch(() => undefined)
  return { ended, read: seen.read }
}
