import type { Decoding } from '../decode/decoding.ts'
import type { MessageId } from '../message/identity.ts'
import type { Lane } from '../message/lane.ts'
import type { Message, Reject, StoredMessage } from '../message/message.ts'
import type { RejectReason } from '../message/rejects.ts'
import type { MeterEvent } from '../readings/events.ts'
import type { Refusals } from './message-store.ts'

/** An instant of a device, or a span of them. Milliseconds since 1970; both ends belong to it. */
export interface DeviceSpan {
  readonly deviceId: string
  readonly fromMs: number
  readonly toMs: number
}

/** The store within one transaction: what is loaded here stays true until what follows from it is written. */
export interface ReadingBatch {
  /** The messages that exist among `ids`, in any order. */
  readonly load: (ids: readonly MessageId[]) => Promise<StoredMessage[]>
  /** Notes that histories of these devices are timed by what the devices tell. */
  readonly noteUntimed: (deviceIds: readonly string[]) => Promise<void>
  /** Sample periods that devices have told, as events. */
  readonly samplePeriods: (deviceIds: readonly string[]) => Promise<MeterEvent[]>
  /** Messages with a part of a history. */
  readonly historyParts: (spans: readonly DeviceSpan[]) => Promise<MessageId[]>
  readonly record: (batch: {
    readonly lane: Lane
    /** Each message once. */
    readonly decodings: readonly Decoding[]
    /** Rejects that speak of no stored message. */
    readonly rejects: readonly Reject[]
    /** What a decoding becomes that the database refuses. */
    readonly refusal: (message: Message, reason: RejectReason) => Decoding
  }) => Promise<Refusals>
}

/** Keeps readings, each merged with what is there, and the one state of each message. Throws like `MessageStore`. */
export interface ReadingStore {
  /** All that `work` does, or nothing. It may run more than once. */
  readonly inBatch: <T>(work: (batch: ReadingBatch) => Promise<T>) => Promise<T>
  /**
   * Of devices that told a sample period from an instant on, those with later readings of which some history may be
   * timed by another. Waits for all batches under way.
   */
  readonly timedOtherwise: (since: readonly { readonly deviceId: string; readonly atMs: number }[]) => Promise<string[]>
  /** Keeps that devices must be replayed. */
  readonly requestReplay: (deviceIds: readonly string[]) => Promise<void>
  /** Replays devices of which this was requested. Those that fail, or are too many, stay requested. */
  readonly replayRequested: (replay: (deviceIds: readonly string[]) => Promise<unknown>) => Promise<void>
}
