import { type MessageId, timeOfId, unclockedMs } from './identity.ts'
import type { UplinkKind } from './lane.ts'
import type { RejectRecord } from './rejects.ts'

/** A row of raw messages. Its event time is the leading part of its id. */
export interface Message {
  readonly id: MessageId
  readonly kind: UplinkKind
  readonly deviceId: string
  readonly seqNumber: number
  readonly receivedAtMs: number
  readonly payload: Uint8Array
}

/** The instant a message speaks of, milliseconds since 1970: its event time, or its receive time if its clock is not set. */
export const eventTimeMs = ({ id, receivedAtMs }: Pick<Message, 'id' | 'receivedAtMs'>): number =>
  timeOfId(id) === unclockedMs ? receivedAtMs : timeOfId(id)

/** A row of rejects: the record, with a key that is the same at every redelivery. */
export interface Reject extends RejectRecord {
  readonly id: string
  /** The stored message that it is about; null if none was stored. */
  readonly messageId: MessageId | null
}

/** A stored message, with what the registry says about its device at the time of the message. */
export interface StoredMessage extends Message {
  readonly profile: string | null
  readonly samplePeriodSeconds: number | null
}
