import { factsOf, type Lane } from './lane.ts'
import type { Uplink } from './uplink.ts'

/** Hex digits of a Sigfox id at most: it has 32 bits. An IMEI is longer, so the length of an id tells its network. */
export const longestSigfoxId = 8

const sigfoxId = new RegExp(`^[0-9A-F]{1,${longestSigfoxId}}$`)

/** What an id looks like in each network, for error messages. */
export const deviceIdForm: Readonly<Record<Lane, string>> = {
  sigfox: `up to ${longestSigfoxId} hex digits`,
  nbiot: 'an IMEI of 15 or 16 digits',
}

/** A Sigfox id: upper case, without the leading zeros that only some callbacks write. null where the text is no id. */
export const canonicalDevice = (text: string): string | null => {
  const id = text
    .trim()
    .toUpperCase()
    .replace(/^0+(?=.)/, '')
  return sigfoxId.test(id) ? id : null
}

export interface DeviceId {
  readonly deviceId: string
  readonly network: Lane
}

/**
 * The one way to write a device's id, and the network that follows from it: 15 or 16 decimal digits are an IMEI as the
 * device sends it; up to 8 hex digits are a Sigfox id. null where the text is neither.
 */
export const canonicalDeviceId = (text: string): DeviceId | null => {
  if (/^\d{15,16}$/.test(text)) return { deviceId: text, network: 'nbiot' }
  const deviceId = canonicalDevice(text)
  return deviceId === null ? null : { deviceId, network: 'sigfox' }
}

/** SHA-256 as 64 hex digits. Passed in: the core has no cryptography of its own. */
export type Digest = (input: string | Uint8Array) => string

/**
 * The key of a raw message: a UUID of version 8 (RFC 9562). Its first 48 bits are the event time in milliseconds, its
 * other 74 bits a hash of the message's identity. It is computed, so a retried callback, a repeated datagram or a
 * redelivered pack gets the same key. It begins with the time, so the rows of one day lie in one partition and new keys
 * go to the end of the index.
 */
export type MessageId = string

/** `timeMs` of a message whose clock is not set: all of them share the sentinel partition before 2015. */
export const unclockedMs = 0

const identityOf = (uplink: Uplink): string | Uint8Array => {
  const { kind, payload } = uplink
  const facts = factsOf[kind]
  if (facts.payload === 'frame') return `${kind}|${uplink.deviceId}|${uplink.seqNumber}|${uplink.timeSeconds}`
  return facts.signalQualityAt === undefined ? payload : withoutByte(payload, facts.signalQualityAt)
}

const withoutByte = (bytes: Uint8Array, at: number): Uint8Array => {
  const rest = new Uint8Array(bytes.length - 1)
  rest.set(bytes.subarray(0, at))
  rest.set(bytes.subarray(at + 1), at)
  return rest
}

/**
 * The key of `uplink`. Of a frame: kind, device, seqNumber, time in seconds. Of a datagram: all its bytes but the signal
 * quality. So Dragino datagrams differ by the device's time, Adeunis ones by their counter, and two ELKO datagrams that
 * are alike are the same message. The receive time is never part of it.
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
  // V8 joins the parts into one flat text; `+` would make a tree, and sorting such ids took three times as long
  return [time.slice(0, 8), time.slice(8), `8${hashHex.slice(0, 3)}`, variant + tail.slice(0, 3), tail.slice(3)].join(
    '-',
  )
}

/** The event time that `timedId` wrote, in milliseconds. */
export const timeOfId = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

/** The lowest id of an instant: ids from here on speak of it or of a later one. */
export const firstIdAt = (ms: number): MessageId =>
  `${timedId(Math.max(ms, 0), '').slice(0, 13)}-0000-0000-000000000000`

const dayMs = 86_400_000
const clockSetMs = Date.UTC(2015, 0, 1)
const oldestAgeMs = 400 * dayMs
const newestLeadMs = 5 * 60_000

/**
 * Whether the time that a device claims may be used: `used` from 400 days before its receipt to 5 minutes after it;
 * `unset` where there is none or it lies before 2015 (the receive time stands in for it); otherwise `out_of_range`.
 */
export type TimeJudgement = 'used' | 'unset' | 'out_of_range'

export const judgeTime = (timeMs: number | null, receivedAtMs: number): TimeJudgement => {
  if (timeMs === null || timeMs < clockSetMs) return 'unset'
  const inRange = timeMs >= receivedAtMs - oldestAgeMs && timeMs <= receivedAtMs + newestLeadMs
  return inRange ? 'used' : 'out_of_range'
}
