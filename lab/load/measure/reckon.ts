import type { LoadFleet } from '../plan/fleet.ts'
import { messagesPerSecond } from '../plan/plan.ts'
import type { LoadResult } from '../result/result.ts'
import type { Summary } from '../sender/messages.ts'
import { isLoopback } from '../system/addresses.ts'
import { confirmPercentiles } from './confirm.ts'
import { conservationOf } from './conservation.ts'
import { doubtsOf, totalsOf } from './doubt.ts'
import type { Evidence } from './evidence.ts'
import { loudDeviceOf } from './loud-device.ts'

const byMessage = (cpuSeconds: Record<string, number>, messages: number) =>
  Object.fromEntries(
    Object.entries(cpuSeconds).map(([part, seconds]) => [part, Math.round((seconds * 1e7) / messages) / 10]),
  )

const planOf = ({ plan }: LoadFleet, bus: string): LoadResult['plan'] => ({
  devices: plan.devices,
  minutes: plan.seconds / 60,
  speed: plan.speed,
  sigfoxShare: plan.sigfoxShare,
  sigfoxBatches: plan.sigfoxBatches,
  seed: plan.seed,
  messagesPerSecond: messagesPerSecond(plan),
  bus,
})

/** Decides for every datagram whether it must be stored. Returns how many are in doubt. */
const confirmDatagrams = ({ account, observer, system, summary }: Evidence): number => {
  const { received, kernelDrops } = totalsOf(observer.scrapes)
  const sent = account.sentDatagrams() + summary.unwanted.junkDatagrams
  // on this machine a datagram is lost only if it was counted; on the way to another one it may vanish
  if (!isLoopback(system.udpHost) && received + kernelDrops < sent) return sent
  return account.confirmDatagrams(doubtsOf(observer.scrapes, observer.isAnswering()))
}

/** How the unwanted traffic was answered. */
const fatesOfUnwanted = ({ unwanted }: Summary, rejected: number) => {
  const { hostileCallbacks, hostileRefused, malformedCallbacks, malformedAnswered, junkDatagrams } = unwanted
  const sent = hostileCallbacks + malformedCallbacks + junkDatagrams
  const refused = hostileRefused + malformedAnswered + Math.min(junkDatagrams, rejected)
  return { sent, refused, unknown: sent - refused }
}

/** The result of a run: what was sent, what was seen meanwhile, and what was read back. */
export const resultOf = (evidence: Evidence): LoadResult => {
  const { fleet, account, summary, observer, flow, drainedAtMs, beginsAtMs, marks, endToEnd, system } = evidence
  const { plan } = fleet
  const gateway = totalsOf(observer.scrapes)
  const doubtful = confirmDatagrams(evidence)
  const verdict = account.ledger.verdict()
  const unwanted = fatesOfUnwanted(summary, gateway.rejected)
  const sent = verdict.sent + unwanted.sent
  const cpuSeconds = observer.cpu.seconds()
  const { stored, lost, duplicated, misread, readings, told } = verdict
  return {
    plan: planOf(fleet, system.bus),
    sent,
    accepted: verdict.ok,
    refused: verdict.refused + unwanted.refused,
    unknown: verdict.unknown + unwanted.unknown,
    stored,
    readings,
    lost,
    unexpected: verdict.unexpected + summary.unwanted.intruders,
    duplicated,
    misread,
    ackMs: summary.ackMs.whole,
    confirmMs: confirmPercentiles(gateway),
    endToEndMs: endToEnd.read().whole,
    kernelDrops: gateway.kernelDrops,
    sendSeconds: (summary.lastSentAtMs - beginsAtMs) / 1_000,
    drainSeconds: Math.max(0, (drainedAtMs - summary.lastSentAtMs) / 1_000),
    cpuSeconds,
    cpuMicrosPerMessage: byMessage(cpuSeconds, Math.max(1, sent)),
    peakRssMb: { ...observer.cpu.peakRssMb(), ledger: process.resourceUsage().maxRSS / 1_024 },
    faults: [...marks],
    timeline: observer.timeline,
    sender: summary.strain,
    ...(plan.loudDevice ? { loudDevice: loudDeviceOf(evidence) } : {}),
    conservation: conservationOf({ account, flow, gateway, unwanted: summary.unwanted, stored, doubtful, told }),
  }
}
