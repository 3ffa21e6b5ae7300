import type { UplinkKind } from '../message/lane.ts'
import type { RejectReason } from '../message/rejects.ts'
import type { EventKind } from '../readings/events.ts'
import type { Channel } from '../readings/reading.ts'

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
  readonly history?: HistoryPart
  /** It has samples without times, and `samplePeriodSeconds` was null: the device's configuration may tell them. */
  readonly isUntimed?: true
}

/** How to decode one kind of device in one version; a new version is a new profile. No bytes make it throw. */
export interface Profile {
  /** As the registry writes it, e.g. `adeunis-pulse@3`. */
  readonly name: string
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
