import type { RawItem } from '../message/uplink.ts'
import { isAdeunis, readAdeunis } from './adeunis/envelope.ts'
import { isDragino, readDragino } from './dragino/envelope.ts'
import { isElko, readElko } from './elko/envelope.ts'
import { refusal } from './refusal.ts'

/** The largest datagram taken: what passes an IPv6 path of minimum MTU in one piece, with headers to spare. */
export const maxDatagramBytes = 1200

/**
 * What a datagram is, by its first bytes: an uplink whose envelope is read (its payload is `bytes` itself, not a
 * copy), or the record of its refusal. Pure; never throws.
 * @param receivedAtMs when the door received it, milliseconds since 1970
 */
export const readDatagram = (bytes: Uint8Array, receivedAtMs: number): RawItem => {
  // only its head is recorded, as a copy: the whole can be 64 KB, and a record must fit in a pack
  if (bytes.length > maxDatagramBytes) {
    return refusal('oversize_datagram', new Uint8Array(bytes.subarray(0, maxDatagramBytes)), receivedAtMs)
  }
  if (isDragino(bytes)) return readDragino(bytes, receivedAtMs)
  // before Adeunis: digits in ASCII are valid BCD
  if (isElko(bytes)) return readElko(bytes, receivedAtMs)
  // CoAP (first byte 0x40 to 0x7F) and COSE (0xD1, 0xD8) belong here. An IMEI that begins with 4 to 7 looks like CoAP
  // in its first byte; until CoAP is read, sixteen decimal digits are an IMEI.
  if (isAdeunis(bytes)) return readAdeunis(bytes, receivedAtMs)
  return refusal('unknown_datagram', bytes, receivedAtMs)
}
