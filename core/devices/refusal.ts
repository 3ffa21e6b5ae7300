import type { RejectReason, RejectRecord } from '../message/rejects.ts'

/** The record of a datagram that the door cannot take. */
export const refusal = (
  reason: RejectReason,
  bytes: Uint8Array,
  atMs: number,
  deviceId: string | null = null,
): RejectRecord => ({ kind: 'reject', lane: 'nbiot', stage: 'door', reason, bytes, atMs, deviceId })
