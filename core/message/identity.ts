import type { Uplink } from './uplink.ts'

/** SHA-256 as 64 hex digits. Passed in: the core has no cryptography of its own. */
export type Digest = (input: string | Uint8Array) => string

/**
 * The key of a raw message: a UUID of version 8 (RFC 9562) whose first 48 bits are the event time in milliseconds
 * and whose other 74 bits are a hash of the message's identity. It is computed, so that whoever meets the message
 * again (a retried callback, a repeated datagram, a redelivered pack) finds the same key; and it begins with the
 * time, so that rows of one day lie in one partition and new keys go to the end of the index.
 */
export type MessageId = string

/** `timeMs` of a message whose clock is not set: all of them share the sentinel partition before 2015. */
export const unclockedMs = 0

const identityOf = (uplink: Uplink): string | Uint8Array => {
  const { kind, payload } = uplink
  switch (kind) {
    case 'sigfox-data':
      return `${kind}|${uplink.deviceId}|${uplink.seqNumber}|${uplink.timeSeconds}`
    case 'adeunis-nbiot':
      return withoutSignalQuality(payload)
    case 'dragino-nb':
    case 'elko-nb':
      return payload
  }
}

/** Byte 8 is measured by the radio anew each time it sends: two copies of one message may differ in it. */
const withoutSignalQuality = (datagram: Uint8Array): Uint8Array => {
  const rest = new Uint8Array(datagram.length - 1)
  rest.set(datagram.subarray(0, 8))
  rest.set(datagram.subarray(9), 8)
  return rest
}

/**
 * The key of `uplink`. Sigfox: (kind, device, seqNumber, time in seconds). Adeunis NB-IoT: (IMEI, counter, the
 * frame). Dragino: (IMEI, the datagram, which holds the device's time). ELKO: (IMEI, the datagram; it holds nothing
 * that tells two alike apart). Never the receive time.
 * @param timeMs the event time, or `unclockedMs`
 */
export const messageId = (digest: Digest, uplink: Uplink, timeMs: number): MessageId =>
  timedId(timeMs, digest(identityOf(uplink)))

/** A UUID of version 8 from a time (48 bits, milliseconds) and the leading digits of a hash (hex). */
export const timedId = (timeMs: number, hashHex: string): string => {
  const time = timeMs.toString(16).padStart(12, '0')
  // the two variant bits are 1 0: of this digit of the hash only the low two bits remain
  const variant = '89ab'[Number.parseInt(hashHex.charAt(3), 16) & 3]
  const tail = hashHex.slice(4, 19)
  // joined, V8 makes one flat text of them; put together by + it is a tree, and sorting ids took three times as long
  return [time.slice(0, 8), time.slice(8), `8${hashHex.slice(0, 3)}`, variant + tail.slice(0, 3), tail.slice(3)].join(
    '-',
  )
}

/** The event time that `timedId` wrote, in milliseconds. */
export const timeOfId = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

/** The lowest id of an instant: ids from here on speak of it or of a later one. */
export const firstIdAt = (ms: number): MessageId =>
  `${timedId(Math.max(ms, 0), '').slice(0, 13)}-0000-0000-000000000000`
