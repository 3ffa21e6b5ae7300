import type { Channel } from '../message/channel.ts'
import type { EventKind } from '../message/event-kind.ts'
import type { UplinkKind } from '../message/lane.ts'
import type { RejectReason } from '../message/rejects.ts'

/** What a decoder may know besides the bytes. */
export interface DecodeContext {
  /** Seconds between two samples of a history without times; null where that is not known. */
  readonly samplePeriodSeconds: number | null
}

/** An index found in a frame. Where the frame has no time, `timeSeconds` is null and the message's time applies. */
export interface DecodedIndex {
  readonly channel: Channel
  readonly index: number
  readonly timeSeconds: number | null
  /** Seconds to go back from `timeSeconds` (or the message's time): history rebuilt from deltas. */
  readonly ageSeconds: number
  readonly quality: 'measured' | 'derived'
}

/** Samples at regular intervals before an index of the same frame, newest first. */
export interface DecodedRun {
  readonly channel: Channel
  readonly index: number
  /** When `index` was read; null where the message's time holds. */
  readonly timeSeconds: number | null
  /** Null where only the device's own configuration says it. */
  readonly periodSeconds: number | null
  /** What each sample is less than the one after it, pulses. */
  readonly deltas: readonly number[]
}

export interface DecodedEvent {
  readonly kind: EventKind
  readonly channel: Channel | ''
  readonly value: number
}

/** A frame sent later than this after the first of a series is not part of it, whatever the plan. */
export const longestSeriesSeconds = 43_200

/** How a series of frames reports regular samples. Frames sent later than `withinSeconds` are not part of it. */
export interface HistoryPlan {
  readonly samples: number
  readonly periodSeconds: number
  readonly withinSeconds: number
}

/** One frame of a series that reports a history. Adding it up takes all frames before it. */
export interface HistoryPart {
  /** 0 opens the series; the others count up from it. */
  readonly part: number
  readonly channels: readonly Channel[]
  /** Part 0 only: the indexes at the first sample, one per channel. */
  readonly indexes: readonly number[]
  /** What each later sample adds, per channel. */
  readonly deltas: readonly (readonly number[])[]
  /** The plan that this part gives away; null where it fits several. */
  readonly plan: HistoryPlan | null
}

/** A decoded frame. It has at least one index or one event, so that every decoded message is visible. */
export interface DecodedFrame {
  /**
   * The frame's fields under the vendor's terms, with units in their names. People read them and workers do not, so
   * they are made on demand: they cost several times as much as the rest.
   */
  readonly fields: () => Readonly<Record<string, unknown>>
  readonly indexes: readonly DecodedIndex[]
  readonly events: readonly DecodedEvent[]
  /** Samples before an index. They stay differences: whether a counter wrapped is decided beside its neighbours. */
  readonly runs?: readonly DecodedRun[]
  readonly history?: HistoryPart
}

/** How to decode one kind of device in one version; a new version is a new profile. No bytes make it throw. */
export interface Profile {
  /** As the registry writes it, e.g. `adeunis-pulse@3`. */
  readonly name: string
  /** 1 to 255, of this profile alone and for ever: it stands in every row that the profile decodes. */
  readonly code: number
  /** Counts up with each change of what the same bytes decode to: rows of earlier revisions want a replay. */
  readonly revision: number
  /** The envelope its frames come in. */
  readonly uplinkKind: UplinkKind
  /**
   * Whether a datagram of `uplinkKind` itself says that it is this profile's, so that the registry need not. Sigfox
   * profiles have none: a Sigfox frame never says what it is.
   */
  readonly recognises?: (datagram: Uint8Array) => boolean
  /** @param payload as stored: the Sigfox frame, or the whole datagram */
  readonly decode: (payload: Uint8Array, context: DecodeContext) => DecodedFrame | RejectReason
}

/** The samples of a run as indexes, where its period is known. Modulo 2^32: counters of 32 bits wrap. */
const samplesOf = ({ channel, index, timeSeconds, periodSeconds, deltas }: DecodedRun): DecodedIndex[] => {
  if (periodSeconds === null) return []
  let sample = index
  return deltas.map((delta, k) => {
    sample = (sample - delta) >>> 0
    return { channel, index: sample, timeSeconds, ageSeconds: (k + 1) * periodSeconds, quality: 'derived' }
  })
}

/** Every index that a frame tells by itself, those of its runs among them, for whoever shows a frame. */
export const indexesToldBy = ({ indexes, runs = [] }: DecodedFrame): DecodedIndex[] => [
  ...indexes,
  ...runs.flatMap(samplesOf),
]
