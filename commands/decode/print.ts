import { readDatagram } from '../../core/devices/datagram.ts'
import {
  type DecodeContext,
  type DecodedEvent,
  type DecodedFrame,
  type DecodedIndex,
  indexesToldBy,
  type Profile,
} from '../../core/devices/profile.ts'
import { judgeTime } from '../../core/message/identity.ts'
import { formatInstant } from '../../core/message/instant.ts'
import { factsOf } from '../../core/message/lane.ts'
import { eventDetail } from '../../core/readings/events.ts'
import { aligned } from '../command-line/aligned.ts'
import { type Field, fieldsOf } from './fields.ts'

const widestBytes = 20

const hexOf = (bytes: readonly number[]): string => {
  const text = bytes.slice(0, widestBytes).map((byte) => byte.toString(16).padStart(2, '0'))
  return text.join('') + (bytes.length > widestBytes ? '…' : '')
}

type Range = readonly [start: number, end: number]

const rangesOf = (offsets: readonly number[]): Range[] => {
  const ends = offsets.filter((at) => !offsets.includes(at + 1))
  return offsets.filter((at) => !offsets.includes(at - 1)).map((start, k) => [start, ends[k] ?? start])
}

/** Offsets in order: `2-5`, `1,3-4`. */
const rangeText = (offsets: readonly number[]): string =>
  rangesOf(offsets)
    .map(([start, end]) => (start === end ? `${start}` : `${start}-${end}`))
    .join(',')

const timeOf = (seconds: number): string => formatInstant(seconds * 1000)

const valueText = ({ path, value }: Field): string =>
  typeof value === 'number' && /timeSeconds$/i.test(path) ? `${value}  ${timeOf(value)}` : (JSON.stringify(value) ?? '')

interface Row {
  readonly bytes: readonly number[]
  readonly path: string
  readonly value: string
  readonly from: readonly number[]
}

/** Bytes without a field of their own: one row for each run of neighbours. */
const bareRows = (offsets: readonly number[], path: string): Row[] =>
  rangesOf(offsets).map(([start, end]) => {
    const bytes = Array.from({ length: end - start + 1 }, (_, k) => start + k)
    return { bytes, path, value: '', from: bytes }
  })

/** First the fields in the order of their bytes, then those worked out from several bytes, or from none. */
const rowsOf = (profile: Profile, frame: Uint8Array, context: DecodeContext): Row[] => {
  const { fields, fixedBytes } = fieldsOf(profile, frame, context)
  const used = new Set([...fixedBytes, ...fields.flatMap(({ bytes }) => bytes)])
  const place = ({ bytes: [first = frame.length] }: Row) => first
  return [
    ...fields.map((field) => ({ bytes: field.ownBytes, path: field.path, value: valueText(field), from: field.bytes })),
    ...bareRows(fixedBytes, '(any other is refused)'),
    ...bareRows(
      [...frame.keys()].filter((at) => !used.has(at)),
      '(makes no difference)',
    ),
  ].toSorted((a, b) => place(a) - place(b))
}

const cellsOf = (frame: Uint8Array, { bytes, path, value, from }: Row, above: Row | undefined): string[] => {
  if (bytes.length === 0) return [from.length === 0 ? '' : `from ${rangeText(from)}`, '', path, value]
  const range = rangeText(bytes)
  if (above && rangeText(above.bytes) === range) return ['', '', path, value]
  return [range, hexOf(bytes.map((at) => frame[at] ?? 0)), path, value]
}

/** Whether the device's clock was ever set. How far it is from the receive time does not matter here. */
const isSet = (timeSeconds: number): boolean => judgeTime(timeSeconds * 1000, timeSeconds * 1000) !== 'unset'

const momentOf = ({ timeSeconds, ageSeconds }: DecodedIndex): string => {
  if (timeSeconds !== null) return isSet(timeSeconds) ? timeOf(timeSeconds - ageSeconds) : 'when it is received'
  return ageSeconds === 0 ? 'that of the message' : `${ageSeconds} s before the message`
}

const detailOf = ({ kind, value }: DecodedEvent): string =>
  Object.entries(eventDetail(kind, value))
    .map(([unit, amount]) => `${unit} ${amount}`)
    .join('')

/** What a frame leaves, in two cells: its indexes and its events. */
export const summaryOf = (frame: DecodedFrame): [string, string] => [
  indexesToldBy(frame)
    .map(({ channel, index }) => `${channel} ${index}`)
    .join(', ') || '-',
  frame.events.map(({ kind }) => kind).join(', ') || '-',
]

const clockText = (timeSeconds: number | null): string => {
  if (timeSeconds === null) return 'without a time'
  return isSet(timeSeconds) ? `at ${timeOf(timeSeconds)}` : 'its clock not set'
}

const envelopeOf = (profile: Profile, frame: Uint8Array): string[] => {
  if (factsOf[profile.uplinkKind].payload === 'frame') return []
  const item = readDatagram(frame, 0)
  if (item.kind === 'reject') return [`The door refuses this datagram: ${item.reason}.`, '']
  return [`Envelope ${item.kind}, device ${item.deviceId}, ${clockText(item.timeSeconds)}.`, '']
}

/** A frame field by field, then its indexes and events; or one sentence that says why the profile refuses it. */
export const textOf = (profile: Profile, frame: Uint8Array, context: DecodeContext): string => {
  const decoded = profile.decode(frame, context)
  const envelope = envelopeOf(profile, frame)
  if (typeof decoded === 'string') {
    return [...envelope, `${profile.name} refuses these ${frame.length} bytes: ${decoded}.`].join('\n')
  }
  const { events } = decoded
  const rows = rowsOf(profile, frame, context)
  const tables = [
    [['byte', 'hex', 'field', 'value'], ...rows.map((row, k) => cellsOf(frame, row, rows[k - 1]))],
    [
      ['index', 'channel', 'time', 'quality'],
      ...indexesToldBy(decoded).map((index) => [`${index.index}`, index.channel, momentOf(index), index.quality]),
    ],
    [['event', 'channel', 'value'], ...events.map((event) => [event.kind, event.channel || '-', detailOf(event)])],
  ]
  return [
    ...envelope,
    tables
      .filter((rows) => rows.length > 1)
      .map(aligned)
      .join('\n\n'),
  ].join('\n')
}
