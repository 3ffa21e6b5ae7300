import { type Outcome, reject, retry } from '../message/outcome.ts'
import type { Stream } from '../message/stream.ts'
import type { RawItem } from '../message/uplink.ts'

/**
 * The first step: what a door took in goes to the raw topic, and only when the bus has it may the sender be told so.
 * A reject record that the bus has is a reject: it was handled. Whatever the bus did not take is a retry.
 */
export const accept =
  (ports: { readonly raw: Stream<RawItem> }) =>
  async (batch: readonly RawItem[]): Promise<Outcome[]> => {
    const published = await ports.raw.publish(batch)
    return batch.map((item, i) => {
      const outcome = published[i] ?? retry('no answer from the bus')
      return item.kind === 'reject' && outcome.status === 'done' ? reject(item.reason) : outcome
    })
  }
