import { drain, readBack } from '../ledger/read-back.ts'
import { openAccount } from './account.ts'
import { followMessages } from './measure/end-to-end.ts'
import { observe } from './measure/observe.ts'
import { createLoadFleet } from './plan/fleet.ts'
import type { LoadPlan } from './plan/plan.ts'
import { resultOf } from './reckon.ts'
import type { LoadResult, Sample } from './result.ts'
import { startSender } from './sender/start.ts'
import type { System } from './system/system.ts'

const leadMs = 700
const drainLimitMs = 120_000
const quietMs = 1_000

export interface RunParts {
  readonly system: System
  readonly plan: LoadPlan
  readonly say: (line: string) => void
  readonly sampled: (sample: Sample) => void
}

/** Sends a plan to a system, watches it, waits until all is counted, and reads everything back. */
export const runLoad = async ({ system, plan, say, sampled }: RunParts): Promise<LoadResult> => {
  const fleet = createLoadFleet(plan)
  const account = openAccount(fleet)
  const beginsAtMs = Date.now() + leadMs
  const { httpUrl, token, udpHost, udpPort } = system
  const sender = startSender({ plan, httpUrl, token, udpHost, udpPort, beginsAtMs }, account.take)
  const observer = observe({ system, account, senderPid: sender.pid, beginsAtMs, sampled })
  await observer.begin()
  const following = new AbortController()
  const followed = followMessages(fleet, system.apiUrl, beginsAtMs, following.signal)
  const summary = await sender.done
  say('all sent; waiting until everything is counted')
  const drained = await drain(system.apiUrl, {
    limitMs: drainLimitMs,
    waiting: async () => observer.waiting() ?? 0,
    quietMs,
  })
  const drainedAtMs = Date.now() - quietMs
  following.abort()
  await followed.ended
  await observer.stop()
  say('reading back')
  await readBack(system.apiUrl, account.ledger)
  return resultOf({
    fleet,
    account,
    summary,
    observer,
    drained,
    drainedAtMs,
    beginsAtMs,
    endToEndMs: followed.percentiles(),
    system,
  })
}
