import type { Message, Reject } from '../message/message.ts'
import type { MeterEvent } from '../readings/events.ts'

/** What the pulse step made of one message: its state, and all that follows from it. */
export interface Decoding {
  readonly message: Message
  /** What it tells of its meter's indexes, packed (core/told/pack.ts); null where it could not be decoded. */
  readonly told: Uint8Array | null
  readonly events: readonly MeterEvent[]
  /** Why the message as a whole could not be decoded; null where it was. */
  readonly reject: Reject | null
  /** History records of a decoded message that cannot be used. */
  readonly recordRejects: readonly Reject[]
}
