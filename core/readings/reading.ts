import type { MessageId } from '../message/identity.ts'
import { type Quality, qualities } from '../message/time.ts'

/** Letters in the order of the frame. */
export const channels = ['A', 'B', 'C'] as const
export type Channel = (typeof channels)[number]

/** The cumulative index of a meter at an instant. */
export interface Reading {
  readonly deviceId: string
  readonly channel: Channel
  readonly readAtMs: number
  /** Pulses counted since the meter was made, as its register shows them. */
  readonly index: number
  readonly quality: Quality
  /** The earliest receive time of all messages that told of this device, channel and instant. */
  readonly receivedAtMs: number
  /** The message the index comes from; the smallest id where several say the same. */
  readonly messageId: MessageId
}

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

/** Kinds of events, each with the name (and so the unit) of its value; null where it has none. */
const eventUnits = {
  flow_alarm: 'pulsesPerHour',
  leak: null,
  tamper: null,
  low_battery: 'millivolts',
  hardware_error: null,
  configuration_inconsistent: null,
  configuration: 'frameCode',
  keep_alive: null,
  register: 'frameCode',
  history_fragment: 'frameIndex',
  sample_period: 'seconds',
  device_alarm: 'alarmCode',
  index_conflict: 'index',
} as const
export type EventKind = keyof typeof eventUnits

/** An event's value under the name of its unit, as `/v1` shows it. */
export const eventDetail = (kind: EventKind, value: number): Record<string, number> => {
  const unit = eventUnits[kind]
  return unit === null || (kind === 'low_battery' && value === 0) ? {} : { [unit]: value }
}

const rank = (quality: Quality): number => qualities.indexOf(quality)

/** Two readings of the same device, channel and instant, made one: the result does not depend on their order. */
export const mergeReadings = (a: Reading, b: Reading): Reading => {
  const order = rank(a.quality) - rank(b.quality) || a.index - b.index || (a.messageId < b.messageId ? 1 : -1)
  const winner = order > 0 ? a : b
  return { ...winner, receivedAtMs: Math.min(a.receivedAtMs, b.receivedAtMs) }
}

/** What is kept of a differing index that did not win: the set of them depends on no order either. */
const indexConflict = (loser: Reading): MeterEvent => ({
  deviceId: loser.deviceId,
  atMs: loser.readAtMs,
  kind: 'index_conflict',
  channel: loser.channel,
  value: loser.index,
  messageId: null,
})

const timeText = (ms: number) => String(ms).padStart(15, '0')

/** What makes a reading one: its device, channel and instant. The order of the texts is that of the table's key. */
export const readingKey = (r: Pick<Reading, 'deviceId' | 'readAtMs'> & { readonly channel: string }): string =>
  `${r.deviceId} ${r.channel} ${timeText(r.readAtMs)}`

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

/** The order of the table's key, among readings of one device. */
const byChannelAndTime = (a: Reading, b: Reading): number => byText(a.channel, b.channel) || a.readAtMs - b.readAtMs

/** What readings of one key come to. */
const mergeRun = (run: readonly Reading[], conflicts: MeterEvent[]): Reading => {
  const best = run.reduce(mergeReadings)
  const lost = new Map(run.filter(({ index }) => index !== best.index).map((reading) => [reading.index, reading]))
  for (const loser of lost.values()) conflicts.push(indexConflict(loser))
  return best
}

/**
 * One reading for each key, in the order of the keys, and every index that is not it, as the event that is kept of it.
 * Sorted by device first, as plain texts: with a key text for each reading it was a fifth of the pulse stage's JavaScript.
 */
export const mergeAll = (all: readonly Reading[]): { readings: Reading[]; conflicts: MeterEvent[] } => {
  const byDevice = Map.groupBy(all, ({ deviceId }) => deviceId)
  const readings: Reading[] = []
  const conflicts: MeterEvent[] = []
  for (const deviceId of [...byDevice.keys()].sort()) {
    const own = byDevice.get(deviceId)?.sort(byChannelAndTime) ?? []
    for (let from = 0, to = 1; from < own.length; from = to, to++) {
      const first = own[from] as Reading
      while (to < own.length && byChannelAndTime(first, own[to] as Reading) === 0) to++
      readings.push(to - from === 1 ? first : mergeRun(own.slice(from, to), conflicts))
    }
  }
  return { readings, conflicts }
}
