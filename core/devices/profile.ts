import type { UplinkKind } from '../message/lane.ts'
import type { RejectReason } from '../message/rejects.ts'
import type { EventKind } from '../readings/events.ts'
import type { Channel } from '../readings/reading.ts'

/** What a decoder may know beside the bytes. */
export interface DecodeContext {
  /** Seconds between two samples of a history that carries no times; null where nobody says. */
  readonly samplePeriodSeconds: number | null
}

/** An index found in a frame. `timeSeconds` is null where the frame has no time of its own: the message's holds. */
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

/** No frame that comes later after the first of a series is one of it, whatever its plan. */
export const longestSeriesSeconds = 43_200

/** How a series of frames tells samples at regular intervals; what is sent later than `withinSeconds` is none of it. */
export interface HistoryPlan {
  readonly samples: number
  readonly periodSeconds: number
  readonly withinSeconds: number
}

/** A frame of a series that tells a history. What it adds up to takes all frames before it. */
export interface HistoryPart {
  /** 0 opens the series; the others follow one by one. */
  readonly part: number
  readonly channels: readonly Channel[]
  /** Of part 0: the indexes at the first sample, a number for each channel. */
  readonly indexes: readonly number[]
  /** What each sample after it adds, channel by channel. */
  readonly deltas: readonly (readonly number[])[]
  /** The plan that this part belongs to; null where it is the same in several. */
  readonly plan: HistoryPlan | null
}

/** A decoded frame. Every frame leaves at least one index or one event: nothing that was decoded is invisible. */
export interface DecodedFrame {
  /**
   * The frame's fields under the vendor's terms, with units in their names. A person reads them; no worker does, and
   * making them costs more than decoding: they are made when asked for.
   */
  readonly fields: () => Readonly<Record<string, unknown>>
  readonly indexes: readonly DecodedIndex[]
  readonly events: readonly DecodedEvent[]
  readonly history?: HistoryPart
  /** It tells samples whose times the device's configuration would say: `samplePeriodSeconds` was null. */
  readonly isUntimed?: true
}

/** How to decode one kind of device, by version: a new version is a new profile. It never throws on any bytes. */
export interface Profile {
  /** As the registry names it, e.g. `adeunis-pulse@3`. */
  readonly name: string
  /** The envelope its frames come in. */
  readonly uplinkKind: UplinkKind
  /**
   * Whether a datagram of `uplinkKind` names this profile itself, so that the registry need not. Absent of Sigfox, whose
   * frames never say what they are.
   */
  readonly recognises?: (datagram: Uint8Array) => boolean
  /** @param payload as stored: the Sigfox frame, or the whole datagram */
  readonly decode: (payload: Uint8Array, context: DecodeContext) => DecodedFrame | RejectReason
}
