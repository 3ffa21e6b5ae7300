import { setTimeout as pause } from 'node:timers/promises'
import type { RawItem } from '../../../core/message/uplink.ts'
import type { RawTopic } from '../../../door/publisher.ts'

/** A topic that confirms, waits or fails as it is told, and keeps what it confirmed, publish by publish. */
export const openTopic = () => {
  const publishes: (readonly RawItem[])[] = []
  let resume = () => {}
  let ready: Promise<void> = Promise.resolve()
  let failing = false
  const stream: RawTopic = {
    deliver: async (batch, confirmed, failed) => {
      await ready
      for (let times = 1; failing; times++) {
        failed('told to fail', times)
        await pause(10)
      }
      publishes.push(batch)
      for (const position of batch.keys()) confirmed(position)
    },
    packs: () => publishes.length,
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
