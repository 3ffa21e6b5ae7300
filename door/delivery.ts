import { setTimeout as pause } from 'node:timers/promises'
import { backoffMs } from '../adapters/process/backoff.ts'
import { type Outcome, retry } from '../core/message/outcome.ts'
import type { RawItem } from '../core/message/uplink.ts'
import type { Arrival } from './arrival.ts'

/** What the bus can settle: a retry settles nothing. */
export type Settlement = Exclude<Outcome, { status: 'retry' }>

/** Called once per item, when the bus has it: an acknowledgement belongs here and nowhere before. */
export type Settled<A extends Arrival> = (arrival: A, settlement: Settlement, nowMs: number) => void

/** Resolves when each item of the batch has been settled. */
export type Deliver<A extends Arrival> = (batch: readonly A[], settled: Settled<A>) => Promise<void>

/**
 * Publishes a batch until the bus has every item of it: what it did not take is published again, alone, for as long
 * as the process lives. Order is not kept; the store does not depend on it.
 * @param accept answers one outcome per item, in order; if it throws, all of them are tried again
 * @param attempted called after each try (the first is 1) with the reason of a failure, or null
 */
export const createDelivery = <A extends Arrival>(parts: {
  accept: (items: readonly RawItem[]) => Promise<readonly Outcome[]>
  attempted: (attempt: number, failure: string | null) => void
}): Deliver<A> => {
  const publish = async (batch: readonly A[]): Promise<readonly Outcome[]> => {
    try {
      return await parts.accept(batch.map(({ item }) => item))
    } catch (error) {
      const failure = retry(String(error))
      return batch.map(() => failure)
    }
  }

  return async (batch, settled) => {
    let left = batch
    for (let attempt = 1; left.length > 0; attempt++) {
      const outcomes = await publish(left)
      const nowMs = Date.now()
      let failure: string | null = null
      left = left.filter((arrival, i) => {
        const outcome = outcomes[i] ?? retry('no answer from the bus')
        if (outcome.status === 'retry') failure = outcome.reason
        else settled(arrival, outcome, nowMs)
        return outcome.status === 'retry'
      })
      parts.attempted(attempt, failure)
      if (failure !== null) await pause(backoffMs(attempt), undefined, { ref: false })
    }
  }
}
