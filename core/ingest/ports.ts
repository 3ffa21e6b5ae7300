import type { MessageId } from '../message/identity.ts'
import type { Outcome } from '../message/outcome.ts'
import type { RejectReason, RejectRecord } from '../message/rejects.ts'
import type { Lane, UplinkKind } from '../message/uplink.ts'
import type { MeterEvent, Reading } from '../readings/reading.ts'
import type { ReplayStore } from '../replay/replay-devices.ts'

/** A topic of the bus. `publish` answers one outcome per item, in order; `done` means that the bus has confirmed. */
export interface Stream<T> {
  readonly publish: (batch: readonly T[]) => Promise<Outcome[]>
}

/** A row of raw messages. Its event time is the leading part of its id. */
export interface Message {
  readonly id: MessageId
  readonly kind: UplinkKind
  readonly deviceId: string
  readonly seqNumber: number
  readonly receivedAtMs: number
  readonly payload: Uint8Array
}

/** A row of rejects: the record under a key that is the same at every redelivery. */
export interface Reject extends RejectRecord {
  readonly id: string
  /** The stored message it speaks of; null where none was stored. */
  readonly messageId: MessageId | null
}

/** Why each input is not kept, in order; null where it is (now or before). */
export type Refusals = readonly (RejectReason | null)[]

/**
 * Keeps raw messages, each once. In one transaction it writes all rows that the database takes, records the others
 * as rejects, and counts. Throws only when the whole batch must come again (no database, no partition yet).
 */
export interface MessageStore {
  readonly store: (batch: {
    readonly lane: Lane
    /** How many inputs there were: what is neither stored nor rejected of them is a duplicate. */
    readonly received: number
    /** Each id once. */
    readonly messages: readonly Message[]
    readonly rejects: readonly Reject[]
    /** The row of a message that the database refuses. */
    readonly refusal: (message: Message, reason: RejectReason) => Reject
  }) => Promise<Refusals>
}

/** A stored message with what the registry said of its device at the time of the message. */
export interface StoredMessage extends Message {
  readonly profile: string | null
  readonly samplePeriodSeconds: number | null
}

/** What the pulse stage made of one message: its state, and all that follows from it. */
export interface Decoding {
  readonly message: Message
  readonly readings: readonly Reading[]
  readonly events: readonly MeterEvent[]
  /** Why the message as a whole could not be decoded; null where it was. */
  readonly reject: Reject | null
  /** History records of a decoded message that cannot be used. */
  readonly recordRejects: readonly Reject[]
}

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
  readonly replays: ReplayStore
}
