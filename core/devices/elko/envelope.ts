import type { RawItem } from '../../message/uplink.ts'
import { paddedText, u8 } from '../frame-reader.ts'
import { refusal } from '../refusal.ts'

/** Where the fields of an ELKO datagram begin; before them stands the IMEI, fifteen digits in ASCII. */
export const elkoAt = { type: 15, function: 16, flags: 17, counter: 18, end: 22 } as const

const zero = 0x30

/**
 * Whether `datagram` begins as ELKO's do. ASCII digits are valid BCD as well, but no Adeunis envelope looks like this:
 * its signal quality would be above 47, and it would have sent 800 million frames.
 */
export const isElko = (datagram: Uint8Array): boolean => {
  const digits = Math.min(datagram.length, elkoAt.type)
  for (let at = 0; at < digits; at++) {
    const digit = u8(datagram, at) - zero
    if (digit < 0 || digit > 9) return false
  }
  return digits >= 8
}

/** The digits of the IMEI field as sent. */
export const elkoDeviceId = (datagram: Uint8Array): string => paddedText(datagram, 0, elkoAt.type)

/**
 * The uplink in a datagram that `isElko`, or its refusal where it is cut before its type. It has no clock; and what its
 * type and function mean, and so its length, is decided where it is decoded.
 */
export const readElko = (datagram: Uint8Array, receivedAtMs: number): RawItem => {
  if (datagram.length <= elkoAt.type) {
    const deviceId = datagram.length < elkoAt.type ? null : elkoDeviceId(datagram)
    return refusal('truncated_datagram', datagram, receivedAtMs, deviceId)
  }
  const deviceId = elkoDeviceId(datagram)
  return { kind: 'elko-nb', deviceId, seqNumber: -1, timeSeconds: null, receivedAtMs, payload: datagram }
}
