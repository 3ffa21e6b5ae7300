import { done, type Outcome, retry } from '../../core/message/outcome.ts'
import type { Stream } from '../../core/message/stream.ts'
import type { Pack } from '../pack/pack.ts'

/** A topic that also tells how many packs the bus has confirmed: what it bills. */
export interface PackedStream<T> extends Stream<T> {
  readonly packs: () => number
}

export interface Packed<P extends Pack> {
  readonly packs: readonly P[]
  /** Where each packed item stood in the batch; left out where packs hold the items in the batch's order. */
  readonly positions?: readonly number[]
}

/** A topic on which items travel in packs: each item answers with its pack's outcome. */
export const packedStream = <T, P extends Pack>(
  bus: string,
  pack: (batch: readonly T[]) => Packed<P>,
  send: (packs: readonly P[]) => Promise<(string | null)[]>,
): PackedStream<T> => {
  let confirmed = 0
  const publish = async (batch: readonly T[]) => {
    const { packs, positions } = pack(batch)
    const failures = await send(packs)
    const outcomes = new Array<Outcome>(batch.length)
    let next = 0
    packs.forEach(({ count }, i) => {
      const failure = failures[i] ?? null
      if (failure === null) confirmed++
      const outcome = failure === null ? done : retry(`${bus} ${failure}`)
      for (const end = next + count; next < end; next++) outcomes[positions?.[next] ?? next] = outcome
    })
    return outcomes
  }
  return { publish, packs: () => confirmed }
}
