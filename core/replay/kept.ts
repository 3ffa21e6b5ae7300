import type { MessageId } from '../message/identity.ts'
import type { StoredMessage } from '../message/message.ts'
import type { RejectReason } from '../message/rejects.ts'
import type { MeterEvent } from '../readings/events.ts'
import type { KeptIndexes } from '../told/standing.ts'

export type MessageState = 'decoded' | 'rejected'

/** All that is kept of a device. */
export interface KeptDevice {
  readonly deviceId: string
  readonly messages: readonly StoredMessage[]
  /** No state: not decoded yet. */
  readonly states: ReadonlyMap<MessageId, MessageState>
  /** What messages told, packed, of those that have a row: their day is open, or they came late. */
  readonly rows: ReadonlyMap<MessageId, { readonly told: Uint8Array; readonly receivedAtMs: number }>
  readonly indexes: KeptIndexes
  readonly events: readonly MeterEvent[]
  /** Rejects of the pulse step that nothing has resolved. */
  readonly openRejects: readonly { readonly id: string; readonly messageId: MessageId; readonly reason: RejectReason }[]
}

export interface Kept {
  readonly devices: readonly KeptDevice[]
  /** Raw messages of before were removed; what they left can be neither confirmed nor doubted. Milliseconds since 1970. */
  readonly horizonMs: number
  /** Messages of before belong to closed days: what they tell is decided, reading by reading. Milliseconds since 1970. */
  readonly closedBeforeMs: number
}

/** Which of the devices' messages are replayed. */
export interface Scope {
  /** Event times, milliseconds since 1970: inclusive and exclusive. */
  readonly fromMs: number | null
  readonly toMs: number | null
  /** Only devices of which a message is decoded with it. */
  readonly profile: string | null
}
