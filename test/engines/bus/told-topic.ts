import { done, retry } from '../../../core/message/outcome.ts'
import type { Stream } from '../../../core/message/stream.ts'
import type { RawItem } from '../../../core/message/uplink.ts'

/** A topic that confirms, waits or fails as it is told, and keeps what it confirmed, publish by publish. */
export const openTopic = () => {
  const publishes: (readonly RawItem[])[] = []
  let resume = () => {}
  let ready: Promise<void> = Promise.resolve()
  let failing = false
  const stream: Stream<RawItem> = {
    publish: async (batch) => {
      await ready
      if (failing) return batch.map(() => retry('told to fail'))
      publishes.push(batch)
      return batch.map(() => done)
    },
  }
  const stall = () => {
    ready = new Promise((resolve) => {
      resume = resolve
    })
  }
  return {
    publishes,
    taken: () => publishes.flat(),
    stream,
    stall,
    resume: () => resume(),
    fail: (yes: boolean) => {
      failing = yes
    },
  }
}
