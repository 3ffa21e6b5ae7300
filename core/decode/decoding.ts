import type { Message, Reject } from '../message/message.ts'
import type { MeterEvent } from '../readings/events.ts'
import type { Reading } from '../readings/reading.ts'

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
