import type { RejectReason } from '../rejects.ts'
import type { RawItem } from '../uplink.ts'
import { readFields, readText } from './body.ts'
import { fieldsOf, type SigfoxFieldNames, type SigfoxFields } from './fields.ts'
import { canonicalDevice, readUplink } from './uplink.ts'

/** What a stage says of its callbacks. */
export interface SigfoxCallbackSettings {
  readonly fieldNames: SigfoxFieldNames
  /** The columns of a batch line, in order, under the names of `fieldNames`. */
  readonly batchColumns: readonly string[]
}

interface Body {
  readonly contentType: string
  readonly bytes: Uint8Array
  readonly receivedAtMs: number
}

const refused = (reason: RejectReason, bytes: Uint8Array, atMs: number, deviceId: string | null): RawItem => ({
  kind: 'reject',
  lane: 'sigfox',
  stage: 'door',
  reason,
  bytes,
  atMs,
  deviceId,
})

/** The item of one message's fields; a reject keeps the bytes it came as. */
const itemOf = (fields: SigfoxFields, names: SigfoxFieldNames, bytes: Uint8Array, receivedAtMs: number): RawItem => {
  const uplink = readUplink(fields, names, receivedAtMs)
  if (typeof uplink !== 'string') return uplink
  return refused(uplink, bytes, receivedAtMs, canonicalDevice(fields.get(names.device) ?? ''))
}

/** A callback for one message: an uplink, or the record of why it is none. Never throws. */
export const readCallback = ({ contentType, bytes, receivedAtMs }: Body, settings: SigfoxCallbackSettings): RawItem => {
  const text = readText(bytes)
  const fields = text === null ? 'body_unreadable' : readFields(contentType, text)
  if (typeof fields === 'string') return refused(fields, bytes, receivedAtMs, null)
  return itemOf(fields, settings.fieldNames, bytes, receivedAtMs)
}

/** A batch in the body itself, or as the field `batch` of a form. */
const batchText = (text: string): string =>
  /^\s*batch=/.test(text) ? (new URLSearchParams(text.trim()).get('batch') ?? '') : text

const readLine = (line: string, columns: readonly string[]): SigfoxFields | RejectReason => {
  if (line.startsWith('{')) return readFields('application/json', line)
  const values = line.split(';')
  if (values.length !== columns.length) return 'body_unreadable'
  return fieldsOf(columns.map((name, i) => [name, values[i]?.trim()]))
}

/**
 * A batch callback (BATCH_URL): the messages of one second, a line each. One bad line is one reject, and harms no
 * other; an empty body is one reject.
 */
export const readBatch = ({ bytes, receivedAtMs }: Body, settings: SigfoxCallbackSettings): RawItem[] => {
  const text = readText(bytes)
  if (text === null) return [refused('body_unreadable', bytes, receivedAtMs, null)]
  const lines = batchText(text)
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (lines.length === 0) return [refused('body_empty', bytes, receivedAtMs, null)]
  return lines.map((line) => {
    const fields = readLine(line, settings.batchColumns)
    const lineBytes = new TextEncoder().encode(line)
    if (typeof fields === 'string') return refused(fields, lineBytes, receivedAtMs, null)
    return itemOf(fields, settings.fieldNames, lineBytes, receivedAtMs)
  })
}
