import type { Settlement } from '../core/message/outcome.ts'
import type { RejectReason } from '../core/message/rejects.ts'

/**
 * What a gateway counts, as plain numbers: a labelled counter costs more per datagram than everything else that happens to
 * it there. Whenever nothing is held, received = accepted + rejected + shed. A refusal is `recorded` once the bus has its
 * bytes and reason; otherwise it is only `counted`.
 */
export interface Tally {
  received: number
  accepted: number
  shed: number
  readonly recorded: Map<RejectReason, number>
  readonly counted: Map<RejectReason, number>
  publishFailures: number
}

export const createTally = (): Tally => ({
  received: 0,
  accepted: 0,
  shed: 0,
  recorded: new Map(),
  counted: new Map(),
  publishFailures: 0,
})

export const countReject = (rejects: Map<RejectReason, number>, reason: RejectReason): void => {
  rejects.set(reason, (rejects.get(reason) ?? 0) + 1)
}

/** Counts an item that the bus has confirmed. */
export const countSettled = (tally: Tally, settlement: Settlement): void => {
  if (settlement.status === 'done') tally.accepted++
  else countReject(tally.recorded, settlement.reason)
}

export const rejectedIn = ({ recorded, counted }: Tally): number =>
  [...recorded.values(), ...counted.values()].reduce((sum, count) => sum + count, 0)
