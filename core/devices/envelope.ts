import type { UplinkKind } from '../message/lane.ts'
import type { RawItem, Uplink } from '../message/uplink.ts'

/** A vendor's datagram format, as the door reads it. Neither function throws on any bytes. */
export interface Envelope {
  /** Whether a datagram begins as this format does. */
  readonly claims: (datagram: Uint8Array) => boolean
  /**
   * The uplink in a datagram that the envelope claims, or the record of its refusal. The uplink's payload is the
   * datagram itself, not a copy.
   * @param receivedAtMs when the door received it, milliseconds since 1970
   */
  readonly read: (datagram: Uint8Array, receivedAtMs: number) => RawItem
}

/** The uplink in a datagram. `timeSeconds` is by the device's clock; null where the datagram has no time. */
export const uplinkOf = (
  kind: UplinkKind,
  payload: Uint8Array,
  receivedAtMs: number,
  { deviceId, timeSeconds }: Pick<Uplink, 'deviceId' | 'timeSeconds'>,
): Uplink => ({ kind, deviceId, seqNumber: -1, timeSeconds, receivedAtMs, payload })
