import type { HistoryPart } from '../devices/profile.ts'
import type { Channel } from '../message/channel.ts'
import { type MessageId, timeOfId, unclockedMs } from '../message/identity.ts'
import type { Quality } from '../readings/reading.ts'

/**
 * What an instant is counted from: back from the event time of its message, back from the message's receipt where no
 * clock says better, or the device's own clock in seconds since 1970. The order is that of the packed code.
 */
export const toldBases = ['message', 'receipt', 'clock'] as const

/** An instant, in whole seconds from its base. An earlier copy of the message moves what stands at its receipt. */
export interface ToldInstant {
  readonly base: (typeof toldBases)[number]
  readonly seconds: number
}

/** An index that a message tells. */
export interface ToldIndex {
  readonly channel: Channel
  readonly index: number
  readonly quality: Exclude<Quality, 'clock_unset'>
  readonly at: ToldInstant
}

/** Samples at regular intervals before `at`, kept as what each takes off the one after it. */
export interface ToldRun {
  readonly channel: Channel
  /** The index at `at`, which is told beside the run. */
  readonly index: number
  readonly at: ToldInstant
  /** Null where only a configuration of the device says it: decided where readings are merged. */
  readonly periodSeconds: number | null
  /** Newest first, pulses. */
  readonly deltas: readonly number[]
}

/** All that a decoded message tells of its meter's indexes: a function of its bytes, its profile and the registry. */
export interface Told {
  readonly indexes: readonly ToldIndex[]
  readonly runs: readonly ToldRun[]
  /** A part of a history that several messages tell; null where it is none. */
  readonly part: HistoryPart | null
}

/** What is told by a message that has no index in it. */
export const nothingTold: Told = { indexes: [], runs: [], part: null }

/** A message's row: what it tells, and when it was first received. */
export interface ToldRow {
  readonly messageId: MessageId
  readonly deviceId: string
  readonly receivedAtMs: number
  readonly told: Told
}

/** The instant a message speaks of: its event time, or its receipt where it has no clock. Milliseconds since 1970. */
export const eventMs = ({ messageId, receivedAtMs }: Pick<ToldRow, 'messageId' | 'receivedAtMs'>): number => {
  const timeMs = timeOfId(messageId)
  return timeMs === unclockedMs ? receivedAtMs : timeMs
}

/** Milliseconds since 1970. */
export const instantMs = (row: ToldRow, { base, seconds }: ToldInstant): number => {
  if (base === 'clock') return seconds * 1000
  return (base === 'receipt' ? row.receivedAtMs : timeOfId(row.messageId)) - seconds * 1000
}

/** How many readings a row decides by itself: the indexes it tells, and its samples whose period it knows. */
export const countTold = ({ indexes, runs }: Told): number =>
  runs.reduce((sum, { periodSeconds, deltas }) => sum + (periodSeconds === null ? 0 : deltas.length), indexes.length)
