import { type Digest, type MessageId, timedId, timeOfId } from './identity.ts'
import { factsOf, type Lane, laneOf } from './lane.ts'
import type { Message, Reject } from './message.ts'
import type { RejectReason, RejectRecord } from './rejects.ts'
import type { Uplink } from './uplink.ts'

/**
 * The row of something that was refused on its way to the raw messages. Its key is a hash of what, where, why and when (at
 * the door): a redelivery has the same key, another refusal of the same kind does not.
 */
export const rejectRow = (digest: Digest, record: RejectRecord): Reject => {
  const { lane, step, reason, bytes, atMs } = record
  const id = timedId(atMs, digest(`${lane}|${step}|${reason}|${digest(bytes)}|${atMs}`))
  return { ...record, id, messageId: null }
}

/**
 * The row of a stored message that cannot be decoded, or of the n-th record in it. Its key does not depend on the reason: a
 * message is in one state, and the reason of a later try replaces the first.
 */
export const pulseRejectRow = (digest: Digest, message: Message, reason: RejectReason, record = 0): Reject => ({
  kind: 'reject',
  lane: laneOf(message.kind),
  step: 'pulse',
  reason,
  bytes: message.payload,
  atMs: message.receivedAtMs,
  deviceId: message.deviceId,
  id: timedId(timeOfId(message.id), digest(`pulse|${message.id}|${record}`)),
  messageId: message.id,
})

/** The row of an id on a pulse topic whose message does not exist (any more). */
export const missingMessageRow = (digest: Digest, lane: Lane, id: MessageId): Reject => ({
  kind: 'reject',
  lane,
  step: 'pulse',
  reason: 'message_missing',
  bytes: new TextEncoder().encode(id),
  atMs: timeOfId(id),
  deviceId: null,
  id: timedId(timeOfId(id), digest(`missing|${id}`)),
  messageId: id,
})

/**
 * What is kept of a refused uplink: the datagram; or, of a frame, which is nothing without the fields beside it, those
 * fields as JSON under the standard names of a callback.
 */
export const bytesOf = (uplink: Uplink): Uint8Array => {
  if (factsOf[uplink.kind].payload === 'datagram') return uplink.payload
  const { deviceId: device, timeSeconds: time, seqNumber } = uplink
  const data = Array.from(uplink.payload, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return new TextEncoder().encode(JSON.stringify({ device, time, data, seqNumber }))
}
