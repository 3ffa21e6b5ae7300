import { done, type Outcome, retry } from '../../core/message/outcome.ts'
import type { Stream } from '../../core/message/stream.ts'

/** A topic that keeps what is published, in order. `fails` says which items it does not take. */
export const memoryStream = <T>(fails: (item: T) => boolean = () => false) => {
  const items: T[] = []
  const stream: Stream<T> = {
    publish: async (batch) =>
      batch.map((item): Outcome => {
        if (fails(item)) return retry('refused by the test')
        items.push(item)
        return done
      }),
  }
  return { ...stream, items }
}
