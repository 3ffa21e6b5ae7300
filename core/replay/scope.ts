import type { MessageId } from '../message/identity.ts'
import type { Message } from '../message/message.ts'
import type { MeterEvent } from '../readings/events.ts'
import { type Reading, readingKey } from '../readings/reading.ts'
import { eventTimeMs } from '../told/decode-message.ts'
import type { Scope } from './kept.ts'

/** The same device, channel and instant: a reading and the indexes that lost to it. */
export const slotOf = (event: MeterEvent) => readingKey({ ...event, readAtMs: event.atMs })

export const isWithin = ({ fromMs, toMs }: Scope, ms: number) => ms >= (fromMs ?? -Infinity) && ms < (toMs ?? Infinity)

/**
 * Which messages, readings and events a replay may touch.
 * @param told all readings that stand or shall stand
 */
export const scopeOf = (scope: Scope, all: readonly Message[], told: readonly Reading[]) => {
  if (scope.fromMs === null && scope.toMs === null) return { message: () => true, slot: () => true, event: () => true }
  const within = (ms: number) => isWithin(scope, ms)
  const messages = new Set(all.filter((message) => within(eventTimeMs(message))).map(({ id }) => id))
  const slots = new Set(told.filter(({ messageId }) => messages.has(messageId)).map(readingKey))
  const slot = (key: string, atMs: number) => within(atMs) || slots.has(key)
  return {
    message: (id: MessageId | null) => id !== null && messages.has(id),
    slot,
    event: (event: MeterEvent) =>
      event.messageId === null ? slot(slotOf(event), event.atMs) : within(event.atMs) || messages.has(event.messageId),
  }
}
