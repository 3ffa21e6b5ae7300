import type { RawItem } from '../message/uplink.ts'
import { adeunisEnvelope } from './adeunis/envelope.ts'
import { draginoEnvelope } from './dragino/envelope.ts'
import { elkoEnvelope } from './elko/envelope.ts'
import { type Envelope, refusal } from './envelope.ts'

/** The largest datagram that the door takes: one that crosses an IPv6 path of minimum MTU unfragmented, with headers to spare. */
export const maxDatagramBytes = 1200

/**
 * The envelopes in the order in which they are asked: ELKO before Adeunis, because digits in ASCII are valid BCD.
 *
 * A reader of CoAP (first byte 0x40 to 0x7F) or COSE (0xD1, 0xD8) belongs before Adeunis too. The first byte of an IMEI
 * that begins with 4 to 7 looks like CoAP; until CoAP is read, sixteen decimal digits are an IMEI.
 */
const envelopes: readonly Envelope[] = [draginoEnvelope, elkoEnvelope, adeunisEnvelope]

/**
 * The uplink in a datagram, or the record of its refusal. The first bytes tell the envelope. Pure; never throws.
 * @param receivedAtMs when the door received it, milliseconds since 1970
 */
export const readDatagram = (datagram: Uint8Array, receivedAtMs: number): RawItem => {
  // Only its head is recorded, as a copy: the whole can have 64 KB, and a record must fit in a pack.
  if (datagram.length > maxDatagramBytes)
    return refusal('oversize_datagram', new Uint8Array(datagram.subarray(0, maxDatagramBytes)), receivedAtMs)
  for (const envelope of envelopes) if (envelope.claims(datagram)) return envelope.read(datagram, receivedAtMs)
  return refusal('unknown_datagram', datagram, receivedAtMs)
}
