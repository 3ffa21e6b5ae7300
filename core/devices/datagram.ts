import { refusedAtDoor } from '../message/rejects.ts'
import type { RawItem } from '../message/uplink.ts'
import { adeunisEnvelope } from './adeunis/envelope.ts'
import { draginoEnvelope } from './dragino/envelope.ts'
import { elkoEnvelope } from './elko/envelope.ts'
import type { Envelope } from './envelope.ts'

/** The largest datagram taken: one that crosses an IPv6 path of minimum MTU unfragmented, with room for headers. */
export const maxDatagramBytes = 1200

/**
 * The envelopes, in the order in which they are asked. ELKO comes before Adeunis because ASCII digits are valid BCD.
 * Readers of CoAP (first byte 0x40 to 0x7F) and COSE (0xD1, 0xD8) would belong before Adeunis too. An IMEI that begins
 * with 4 to 7 looks like CoAP in its first byte; as long as nothing reads CoAP, sixteen decimal digits are an IMEI.
 */
const envelopes: readonly Envelope[] = [draginoEnvelope, elkoEnvelope, adeunisEnvelope]

/**
 * The uplink in a datagram, or the record of its refusal; the first bytes tell the envelope. Pure, and never throws.
 * @param receivedAtMs when the door received it, milliseconds since 1970
 */
export const readDatagram = (datagram: Uint8Array, receivedAtMs: number): RawItem => {
  // Only its head is recorded, as a copy: a datagram can have 64 KB, and a record must fit in a pack.
  if (datagram.length > maxDatagramBytes)
    return refusedAtDoor(
      'nbiot',
      'oversize_datagram',
      new Uint8Array(datagram.subarray(0, maxDatagramBytes)),
      receivedAtMs,
    )
  for (const envelope of envelopes) if (envelope.claims(datagram)) return envelope.read(datagram, receivedAtMs)
  return refusedAtDoor('nbiot', 'unknown_datagram', datagram, receivedAtMs)
}
