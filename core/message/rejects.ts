import type { Lane, Step } from './lane.ts'

/**
 * Why a message cannot be used: the closed list. The same word is in the row, the metric, the log and the runbook, so words
 * are added and never renamed.
 */
export const rejectReasons = [
  // shape of a callback body, found at the Sigfox door
  'body_unreadable',
  'body_empty',
  'unsupported_callback',
  'unresolved_template',
  'device_missing',
  'device_invalid',
  'time_missing',
  'time_invalid',
  'data_missing',
  'hex_odd_length',
  'hex_invalid',
  'payload_too_long',
  'seq_number_invalid',
  // shape of a datagram, found at the NB-IoT door
  'unknown_datagram',
  'truncated_datagram',
  'oversize_datagram',
  // found by the raw worker
  'pack_corrupt',
  'time_out_of_range',
  'too_late',
  'row_refused',
  // found by the pulse worker
  'message_missing',
  'unknown_device',
  'unknown_profile',
  'wrong_profile',
  'empty_frame',
  'short_frame',
  'long_frame',
  'unknown_frame',
  'decoder_error',
] as const

export type RejectReason = (typeof rejectReasons)[number]

/**
 * Something that was refused, on its way to the table of rejects. A door has no database, so its rejects travel on the raw
 * topic beside the uplinks.
 */
export interface RejectRecord {
  readonly kind: 'reject'
  readonly lane: Lane
  /** The step that refused it; in the database and in the API it is called `stage`. */
  readonly step: Step
  readonly reason: RejectReason
  /** What was refused, as it arrived. */
  readonly bytes: Uint8Array
  /** When the door (later: the bus) saw it, in milliseconds since 1970. It is the same at every redelivery. */
  readonly atMs: number
  /** The canonical device id, if it could be read. */
  readonly deviceId: string | null
}

/** The record of what a door refuses. */
export const refusedAtDoor = (
  lane: Lane,
  reason: RejectReason,
  bytes: Uint8Array,
  atMs: number,
  deviceId: string | null = null,
): RejectRecord => ({ kind: 'reject', lane, step: 'door', reason, bytes, atMs, deviceId })
