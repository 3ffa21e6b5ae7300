import { canonicalDevice } from '../message/identity.ts'
import type { Outcome } from '../message/outcome.ts'
import { type RejectReason, refusedAtDoor } from '../message/rejects.ts'
import type { CallbackBody, RawItem } from '../message/uplink.ts'
import { fieldsOf, readFields, readText, readUplink, type SigfoxFieldNames, type SigfoxFields } from './body.ts'

/** How a stage's callbacks are written. */
export interface SigfoxCallbackSettings {
  readonly fieldNames: SigfoxFieldNames
  /** The columns of a batch line, in order, under the names of `fieldNames`. */
  readonly batchColumns: readonly string[]
}

/** The messages in a body, each an uplink or the record of why it is not one. Never throws. */
export type ReadBody = (body: CallbackBody, settings: SigfoxCallbackSettings) => RawItem[]

const refused = (reason: RejectReason, bytes: Uint8Array, atMs: number, deviceId: string | null): RawItem =>
  refusedAtDoor('sigfox', reason, bytes, atMs, deviceId)

/** The item that one message's fields make; a reject keeps the bytes it arrived as. */
const itemOf = (fields: SigfoxFields, names: SigfoxFieldNames, bytes: Uint8Array, receivedAtMs: number): RawItem => {
  const uplink = readUplink(fields, names, receivedAtMs)
  if (typeof uplink !== 'string') return uplink
  return refused(uplink, bytes, receivedAtMs, canonicalDevice(fields.get(names.device) ?? ''))
}

/** A callback for one message. */
export const readCallback: ReadBody = ({ contentType, bytes, receivedAtMs }, settings) => {
  const fields = readFields(contentType, readText(bytes))
  if (typeof fields === 'string') return [refused(fields, bytes, receivedAtMs, null)]
  return [itemOf(fields, settings.fieldNames, bytes, receivedAtMs)]
}

/** A batch in the body itself, or as the field `batch` of a form. */
const batchOf = (bytes: Uint8Array): Uint8Array => {
  const text = readText(bytes).trim()
  return text.startsWith('batch=') ? new TextEncoder().encode(new URLSearchParams(text).get('batch') ?? '') : bytes
}

const carriageReturn = 13
const lineFeed = 10

/** Cut before it is read as text, so that a line that is refused keeps the bytes it came as. */
const linesOf = (batch: Uint8Array): Uint8Array[] => {
  const lines: Uint8Array[] = []
  let start = 0
  batch.forEach((byte, at) => {
    if (byte !== carriageReturn && byte !== lineFeed) return
    lines.push(batch.subarray(start, at))
    start = at + 1
  })
  return [...lines, batch.subarray(start)]
}

const readLine = (line: string, columns: readonly string[]): SigfoxFields | RejectReason => {
  // more than a brace: a line pattern with a mistyped variable begins with one as well
  if (/^\{\s*"/.test(line)) return readFields('application/json', line)
  const values = line.split(';')
  if (values.length !== columns.length) return 'body_unreadable'
  return fieldsOf(columns.map((name, i) => [name, values[i]?.trim()]))
}

/**
 * A batch callback (BATCH_URL): the messages of one second, a line each. A bad line is one reject and harms no other; an
 * empty body is one reject.
 */
export const readBatch: ReadBody = ({ bytes, receivedAtMs }, settings) => {
  const lines = linesOf(batchOf(bytes))
    .map((line) => ({ line, text: readText(line).trim() }))
    .filter(({ text }) => text !== '')
  if (lines.length === 0) return [refused('body_empty', bytes, receivedAtMs, null)]
  return lines.map(({ line, text }) => {
    const fields = readLine(text, settings.batchColumns)
    if (typeof fields === 'string') return refused(fields, line, receivedAtMs, null)
    return itemOf(fields, settings.fieldNames, line, receivedAtMs)
  })
}

/** The door refuses a larger body unread: the largest batch of one second is far smaller. */
export const largestBodyBytes = 256 * 1024

const mostReported = 100

export interface CallbackAnswer {
  readonly statusCode: 200 | 204 | 413 | 503
  /** JSON; null for none. */
  readonly body: string | null
}

export const tooLarge: CallbackAnswer = {
  statusCode: 413,
  body: JSON.stringify({ error: `a callback body has at most ${largestBodyBytes} bytes` }),
}

/** Sigfox sends the whole callback again. */
export const notStored: CallbackAnswer = {
  statusCode: 503,
  body: JSON.stringify({ error: 'not stored; send it again' }),
}

/**
 * 503 only if something is not stored. What was recorded as a reject will never be better, so the answer is 200 with the
 * reasons; 204 is Sigfox's word for "taken, and no downlink".
 */
const answerOf = (outcomes: readonly Outcome[]): CallbackAnswer => {
  if (outcomes.some(({ status }) => status === 'retry')) return notStored
  const rejected = outcomes.flatMap((outcome, i) =>
    outcome.status === 'reject' ? [{ line: i + 1, reason: outcome.reason }] : [],
  )
  if (rejected.length === 0) return { statusCode: 204, body: null }
  const accepted = outcomes.length - rejected.length
  return { statusCode: 200, body: JSON.stringify({ accepted, rejected: rejected.slice(0, mostReported) }) }
}

/**
 * The HTTP door, whatever hosts it: reads a callback, hands its messages to `take`, and answers what became of them.
 * @param read the reader of the path it was posted to
 * @param take answers one outcome per message, in order
 */
export const answerCallback = async (
  read: ReadBody,
  body: CallbackBody,
  settings: SigfoxCallbackSettings,
  take: (items: readonly RawItem[]) => Promise<readonly Outcome[]>,
): Promise<CallbackAnswer> => {
  if (body.bytes.length > largestBodyBytes) return tooLarge
  return answerOf(await take(read(body, settings)))
}
