import type { Flow } from '../ledger/read-back.ts'
import type { Account } from './account.ts'
import { confirmPercentiles } from './measure/confirm.ts'
import { doubtsOf, totalsOf } from './measure/doubt.ts'
import type { Observer } from './measure/observe.ts'
import type { LoadFleet } from './plan/fleet.ts'
import { messagesPerSecond } from './plan/plan.ts'
import type { LoadResult, Percentiles } from './result.ts'
import type { Summary } from './sender/messages.ts'
import type { System } from './system/system.ts'

interface Evidence {
  readonly fleet: LoadFleet
  readonly account: Account
  readonly summary: Summary
  readonly observer: Observer
  readonly drained: { readonly flow: Flow; readonly inTime: boolean; readonly packs: number }
  readonly drainedAtMs: number
  readonly beginsAtMs: number
  readonly endToEndMs: Percentiles
  readonly system: System
}

const byMessage = (cpuSeconds: Record<string, number>, messages: number) =>
  Object.fromEntries(
    Object.entries(cpuSeconds).map(([stage, seconds]) => [stage, Math.round((seconds * 1e7) / messages) / 10]),
  )

/** Everything that a run found, from what was sent, what was seen meanwhile and what was read back. */
export const resultOf = (evidence: Evidence): LoadResult => {
  const { fleet, account, summary, observer, drained, drainedAtMs, beginsAtMs, endToEndMs, system } = evidence
  const { plan } = fleet
  const totals = totalsOf(observer.scrapes)
  account.confirmDatagrams(doubtsOf(observer.scrapes, observer.isAnswering()))
  const verdict = account.ledger.verdict()
  const { unwanted } = summary
  const unwantedSent = unwanted.hostileCallbacks + unwanted.malformedCallbacks + unwanted.junkDatagrams
  const refused =
    unwanted.hostileRefused + unwanted.malformedAnswered + Math.min(unwanted.junkDatagrams, totals.rejected)
  const sent = verdict.sent + unwantedSent
  const cpuSeconds = observer.cpu.seconds()
  const lanes = Object.values(drained.flow)
  return {
    plan: {
      devices: plan.devices,
      minutes: plan.seconds / 60,
      speed: plan.speed,
      sigfoxShare: plan.sigfoxShare,
      sigfoxBatches: plan.sigfoxBatches,
      seed: plan.seed,
      messagesPerSecond: messagesPerSecond(plan),
      bus: system.bus,
    },
    sent,
    accepted: verdict.ok,
    refused: verdict.refused + refused,
    unknown: verdict.unknown + unwantedSent - refused,
    stored: verdict.stored,
    readings: lanes.reduce((sum, { readings }) => sum + readings, 0),
    lost: verdict.lost,
    unexpected: verdict.unexpected + unwanted.intruders,
    duplicated: verdict.duplicated,
    misread: verdict.misread,
    ackMs: summary.ackMs,
    confirmMs: confirmPercentiles(totals),
    endToEndMs,
    kernelDrops: totals.kernelDrops,
    sendSeconds: (summary.lastSentAtMs - beginsAtMs) / 1_000,
    drainSeconds: Math.max(0, (drainedAtMs - summary.lastSentAtMs) / 1_000),
    cpuSeconds,
    cpuMicrosPerMessage: byMessage(cpuSeconds, verdict.sent),
    peakRssMb: observer.cpu.peakRssMb(),
    faults: [],
    timeline: observer.timeline,
    senderLagMs: summary.lagMs,
    conservation: [],
  }
}
