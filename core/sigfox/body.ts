import { canonicalDevice } from '../message/identity.ts'
import type { RejectReason } from '../message/rejects.ts'
import type { Uplink } from '../message/uplink.ts'

/** Names under which a callback's body carries what we need: the customer chooses them in the Sigfox backend. */
export interface SigfoxFieldNames {
  readonly device: string
  readonly time: string
  readonly data: string
  readonly seqNumber: string
}

/** The names of a stage's mapping, with the standard name for each field that it does not mention. */
export const readFieldNames = (mapping: Readonly<Record<string, string>>): SigfoxFieldNames => ({
  device: mapping.device ?? 'device',
  time: mapping.time ?? 'time',
  data: mapping.data ?? 'data',
  seqNumber: mapping.seqNumber ?? 'seqNumber',
})

/** A body or a line, its values as texts. A value that is absent, null or the text `null` has no entry. */
export type SigfoxFields = ReadonlyMap<string, string>

/** Booleans arrive as themselves or as texts, `null` as itself or, without the contract option, as text. */
const fieldText = (value: unknown): string | null => {
  if (typeof value === 'string') return value === 'null' ? null : value
  return typeof value === 'boolean' ? String(value) : null
}

export const fieldsOf = (entries: Iterable<readonly [string, unknown]>): SigfoxFields => {
  const fields = new Map<string, string>()
  for (const [name, value] of entries) {
    const text = fieldText(value)
    if (text !== null) fields.set(name, text)
  }
  return fields
}

/** Bytes that are not UTF-8 do not matter in a name or a place; in a field that counts they make no id and no number. */
export const readText = (body: Uint8Array): string => new TextDecoder().decode(body)

/** A number as it is written: its value would make 120000 of the id 12E4, and would round above 2^53. */
const asWritten = (_name: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' ? context?.source : value

const readJson = (text: string): SigfoxFields | null => {
  try {
    const value: unknown = JSON.parse(text, asWritten)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? fieldsOf(Object.entries(value)) : null
  } catch {
    return null
  }
}

const readPair = (part: string): [name: string, value: string][] => {
  const at = part.search(/[:=]/)
  const name = part.slice(0, at).trim()
  return at > 0 && /^[\w#.-]+$/.test(name) ? [[name, part.slice(at + 1).trim()]] : []
}

/** `device:C0FFEE; data:46…; time:1735689600`, separated by semicolons or line breaks. */
const readPairs = (text: string): SigfoxFields | null => {
  const pairs = text.split(/[;\r\n]+/).flatMap(readPair)
  return pairs.length === 0 ? null : fieldsOf(pairs)
}

/**
 * The fields of a callback's body: JSON, a form, or text. The text itself decides; the content type, a free field in the
 * Sigfox backend, decides only between two readings. No expression here may pass over the text more than once: one that
 * backtracks would hold the door for minutes on a body of 256 KB.
 */
export const readFields = (contentType: string, text: string): SigfoxFields | RejectReason => {
  const trimmed = text.trim()
  if (trimmed === '') return 'body_empty'
  if (trimmed.startsWith('{')) return readJson(trimmed) ?? 'body_unreadable'
  if (/^\s*text\//i.test(contentType) && !/^[^=:;\s]+=[^;\s]*(&|$)/.test(trimmed))
    return readPairs(trimmed) ?? 'body_unreadable'
  if (/^[^=&\s]+=/.test(trimmed)) return fieldsOf(new URLSearchParams(trimmed))
  return readPairs(trimmed) ?? 'body_unreadable'
}

const longestFrameBytes = 12
const largestSeqNumber = 2 ** 31 - 1
/** Callbacks have seconds, the message list of the Sigfox API milliseconds. Seconds reach this in the year 5138. */
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
 * The uplink that a callback's fields make, or why they make none. DATA, BIDIR and DATA ADVANCED of one message make the
 * same uplink. What else a callback says (radio quality, positions) is not kept.
 */
export const readUplink = (
  fields: SigfoxFields,
  names: SigfoxFieldNames,
  receivedAtMs: number,
): Uplink | RejectReason => {
  const [device, time, data, seqNumber] = [names.device, names.time, names.data, names.seqNumber].map((name) =>
    fields.get(name),
  )
  // after a press of the test button, or with a mistyped variable, Sigfox sends the template itself
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
