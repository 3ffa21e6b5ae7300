import type { MessageId } from '../message/identity.ts'
import type { Lane } from '../message/lane.ts'
import type { Message, Reject, StoredMessage } from '../message/message.ts'
import type { RejectReason } from '../message/rejects.ts'
import type { MeterEvent } from '../readings/events.ts'
import type { Decoding } from '../told/decoding.ts'
import type { Refusals } from './message-store.ts'

/** The store within one transaction: what is loaded here stays true until what follows from it is written. */
export interface ReadingBatch {
  /** The messages that exist among `ids`, in any order. */
  readonly load: (ids: readonly MessageId[]) => Promise<StoredMessage[]>
  readonly record: (batch: {
    readonly lane: Lane
    /** Each message once. */
    readonly decodings: readonly Decoding[]
    /** Rejects that speak of no stored message. */
    readonly rejects: readonly Reject[]
    /** What a decoding becomes that the database refuses. */
    readonly refusal: (message: Message, reason: RejectReason) => Decoding
  }) => Promise<Recorded>
}

interface Recorded {
  readonly refusals: Refusals
  /** Days before this instant (milliseconds since 1970) are closed: their readings are decided. */
  readonly closedBeforeMs: number
}

/** Keeps what each message tells, as one row, and the one state of each message. Throws like `MessageStore`. */
export interface ReadingStore {
  /** All that `work` does, or nothing. It may run more than once. */
  readonly inBatch: <T>(work: (batch: ReadingBatch) => Promise<T>) => Promise<T>
  /** Sample periods that devices have told. */
  readonly samplePeriods: (deviceIds: readonly string[]) => Promise<MeterEvent[]>
  /** Keeps that devices must be replayed. */
  readonly requestReplay: (deviceIds: readonly string[]) => Promise<void>
  /** Replays devices of which this was requested. Those that fail, or are too many, stay requested. */
  readonly replayRequested: (replay: (deviceIds: readonly string[]) => Promise<unknown>) => Promise<void>
}
