import type { Channel } from '../message/channel.ts'
import { type EventKind, eventUnits } from '../message/event-kind.ts'
import type { MessageId } from '../message/identity.ts'
import { timeText } from './reading.ts'

/**
 * Something a device reports beside its index. With its kind's unit, `value` says how much; 0 where there is nothing
 * to say. It is part of the key, so that what is kept does not depend on the order of arrival.
 */
export interface MeterEvent {
  readonly deviceId: string
  readonly atMs: number
  readonly kind: EventKind
  readonly channel: Channel | ''
  readonly value: number
  /** The message that tells it, the smallest id of several; null for what the store itself finds out. */
  readonly messageId: MessageId | null
}

/** An event's value under the name of its unit, as `/v1` shows it. */
export const eventDetail = (kind: EventKind, value: number): Record<string, number> => {
  const unit = eventUnits[kind]
  return unit === null || (kind === 'low_battery' && value === 0) ? {} : { [unit]: value }
}

/** What makes an event one. */
export const eventKey = (e: MeterEvent): string => `${e.deviceId} ${timeText(e.atMs)} ${e.kind} ${e.channel} ${e.value}`

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The order of the table's key: the value is a number there, and a text in `eventKey`. */
export const byEventKey = (a: MeterEvent, b: MeterEvent): number =>
  byText(a.deviceId, b.deviceId) ||
  a.atMs - b.atMs ||
  byText(a.kind, b.kind) ||
  byText(a.channel, b.channel) ||
  a.value - b.value
