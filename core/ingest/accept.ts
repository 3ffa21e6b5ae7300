import { done, type Outcome, reject, type Settlement } from '../message/outcome.ts'
import type { Stream } from '../message/stream.ts'
import type { RawItem } from '../message/uplink.ts'

/** What an item is once the bus has it. A reject record is recorded with that, and stays a reject. */
export const settlementOf = (item: RawItem): Settlement => (item.kind === 'reject' ? reject(item.reason) : done)

/**
 * The first step: what a door took in goes to the raw topic. Only an outcome tells the sender anything, and there is none
 * before the bus has answered.
 */
export const accept =
  ({ raw }: { readonly raw: Stream<RawItem> }) =>
  (batch: readonly RawItem[]): Promise<Outcome[]> =>
    raw.publish(batch, (item, outcome) => (outcome.status === 'done' ? settlementOf(item) : outcome))
