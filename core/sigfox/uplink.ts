import { canonicalDevice } from '../message/identity.ts'
import type { RejectReason } from '../message/rejects.ts'
import type { Uplink } from '../message/uplink.ts'
import type { SigfoxFieldNames, SigfoxFields } from './body.ts'

const longestFrameBytes = 12
const largestSeqNumber = 2 ** 31 - 1
/** Callbacks say seconds, the message list of the Sigfox API milliseconds: seconds reach this in the year 5138. */
const millisecondsFrom = 1e11

/** Fields of the callbacks that carry no uplink: STATUS, GEOLOC, ACKNOWLEDGE, ERROR, computed location. */
const otherCallbacks = ['batt', 'temp', 'infoCode', 'severity', 'computedLocation', 'radius']

const wholeNumber = (text: string): number | null => (/^\d{1,15}(\.0+)?$/.test(text) ? Number(text) : null)

const readTime = (text: string): number | null => {
  const time = wholeNumber(text)
  return time === null ? null : time > millisecondsFrom ? Math.floor(time / 1000) : time
}

const readHex = (text: string): Uint8Array | RejectReason => {
  if (text.length % 2 === 1) return 'hex_odd_length'
  if (!/^[0-9a-fA-F]*$/.test(text)) return 'hex_invalid'
  if (text.length > 2 * longestFrameBytes) return 'payload_too_long'
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

/**
 * An uplink from the fields of a callback, or why there is none in it. DATA, BIDIR and DATA ADVANCED of one message
 * give the same uplink; whatever else a callback tells (radio quality, positions) is not kept.
 */
export const readUplink = (
  fields: SigfoxFields,
  names: SigfoxFieldNames,
  receivedAtMs: number,
): Uplink | RejectReason => {
  const [device, time, data, seqNumber] = [names.device, names.time, names.data, names.seqNumber].map((name) =>
    fields.get(name),
  )
  // a callback's test button, or a mistyped variable: Sigfox sends the template itself
  if ([device, time, data, seqNumber].some((text) => text && /\{[^{}]*\}/.test(text))) return 'unresolved_template'
  if (data === undefined && otherCallbacks.some((name) => fields.has(name))) return 'unsupported_callback'
  if (!device) return 'device_missing'
  const deviceId = canonicalDevice(device)
  if (deviceId === null) return 'device_invalid'
  if (data === undefined) return 'data_missing'
  const payload = readHex(data.trim())
  if (typeof payload === 'string') return payload
  if (!time) return 'time_missing'
  const timeSeconds = readTime(time.trim())
  if (timeSeconds === null) return 'time_invalid'
  const seq = seqNumber ? wholeNumber(seqNumber.trim()) : -1
  if (seq === null || seq > largestSeqNumber) return 'seq_number_invalid'
  return { kind: 'sigfox-data', deviceId, seqNumber: seq, timeSeconds, receivedAtMs, payload }
}
