import type { PackedStream } from '../../adapters/bus/publish.ts'
import { done, type Outcome, retry } from '../../core/message/outcome.ts'
import type { Stream } from '../../core/message/stream.ts'

/** A topic that keeps what is published, in order. `fails` says which items it does not take. */
export const memoryStream = <T>(fails: (item: T) => boolean = () => false) => {
  const items: T[] = []
  const stream: PackedStream<T> = {
    publish: async (batch, settle) =>
      batch.map((item) => {
        if (fails(item)) return settle(item, retry('refused by the test'))
        items.push(item)
        return settle(item, done)
      }),
    deliver: async (batch, confirmed) => {
      items.push(...batch)
      for (const position of batch.keys()) confirmed(position)
    },
    packs: () => 0,
  }
  return { ...stream, items }
}

/** Publishes a batch and answers its outcomes, in order. */
export const publish = <T>(stream: Stream<T>, batch: readonly T[]): Promise<Outcome[]> =>
  stream.publish(batch, (_, outcome) => outcome)
