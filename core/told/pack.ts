import type { HistoryPart, HistoryPlan } from '../devices/profile.ts'
import { channels } from '../message/channel.ts'
import { qualities } from '../readings/reading.ts'
import { countTold, type Told, type ToldIndex, type ToldInstant, type ToldRun, toldBases } from './told.ts'

/**
 * What a message tells, in bytes; integers are big-endian. SQL reads them too (`told_readings` of the migrations).
 *
 *     head   u8 format (1), u8 code of the profile, u8 revision of its decoder, u16 readings that the row decides by
 *            itself, u16 indexes
 *     index  u8 place, u32 seconds, u48 index                                    (11 bytes each)
 *     run    u8 0x01, u8 place, u32 seconds, u48 index, u32 period in seconds (0: not known), u16 n, n times u32 delta
 *     part   u8 0x02, u8 number, u16 samples, u32 period, u32 within (0, 0, 0: no plan), u8 channels, u8 indexes,
 *            indexes times u48, u16 n, n times channels times u32
 *
 *     place  bits 0-1 channel, bits 2-3 quality, bits 4-5 base of the instant
 */
const toldFormat = 1

const headBytes = 7
const indexBytes = 11
const runBytes = 18
const partBytes = 14

const tag = { run: 1, part: 2 } as const

/** Which decoder made a row: found again when it is mended. */
export interface DecoderVersion {
  readonly code: number
  readonly revision: number
}

const placeOf = (channel: ToldIndex['channel'], quality: ToldIndex['quality'], at: ToldInstant): number =>
  channels.indexOf(channel) | (qualities.indexOf(quality) << 2) | (toldBases.indexOf(at.base) << 4)

const partLength = ({ channels, indexes, deltas }: HistoryPart): number =>
  partBytes + 6 * indexes.length + 2 + 4 * channels.length * deltas.length

const lengthOf = ({ indexes, runs, part }: Told): number => {
  let length = headBytes + indexBytes * indexes.length
  for (const { deltas } of runs) length += runBytes + 4 * deltas.length
  return length + (part === null ? 0 : partLength(part))
}

const highOf = (value: number): number => Math.floor(value / 2 ** 32)

/** @throws RangeError where a number does not fit: no device counts as far */
export const packTold = ({ code, revision }: DecoderVersion, told: Told): Uint8Array => {
  const bytes = new Uint8Array(lengthOf(told))
  const view = new DataView(bytes.buffer)
  const writeIndex = (at: number, index: number) => {
    if (!Number.isSafeInteger(index) || index < 0 || index >= 2 ** 48) throw new RangeError(`${index} is no index`)
    view.setUint16(at, highOf(index))
    view.setUint32(at + 2, index % 2 ** 32)
  }
  bytes[0] = toldFormat
  bytes[1] = code
  bytes[2] = revision
  view.setUint16(3, countTold(told))
  view.setUint16(5, told.indexes.length)
  let at = headBytes
  for (let i = 0; i < told.indexes.length; i++) {
    const one = told.indexes[i] as ToldIndex
    bytes[at] = placeOf(one.channel, one.quality, one.at)
    view.setUint32(at + 1, one.at.seconds)
    writeIndex(at + 5, one.index)
    at += indexBytes
  }
  for (const run of told.runs) {
    bytes[at] = tag.run
    bytes[at + 1] = placeOf(run.channel, 'derived', run.at)
    view.setUint32(at + 2, run.at.seconds)
    writeIndex(at + 6, run.index)
    view.setUint32(at + 12, run.periodSeconds ?? 0)
    view.setUint16(at + 16, run.deltas.length)
    at += runBytes
    for (const delta of run.deltas) {
      view.setUint32(at, delta)
      at += 4
    }
  }
  const { part } = told
  if (part === null) return bytes
  bytes[at] = tag.part
  bytes[at + 1] = part.part
  view.setUint16(at + 2, part.plan?.samples ?? 0)
  view.setUint32(at + 4, part.plan?.periodSeconds ?? 0)
  view.setUint32(at + 8, part.plan?.withinSeconds ?? 0)
  bytes[at + 12] = part.channels.length
  bytes[at + 13] = part.indexes.length
  at += partBytes
  for (const index of part.indexes) {
    writeIndex(at, index)
    at += 6
  }
  view.setUint16(at, part.deltas.length)
  at += 2
  for (const deltas of part.deltas)
    for (let c = 0; c < part.channels.length; c++) {
      view.setUint32(at, deltas[c] ?? 0)
      at += 4
    }
  return bytes
}

/** @throws Error where the bytes are of a later format: workers are deployed before what reads them */
export const unpackTold = (bytes: Uint8Array): Told => {
  if (bytes[0] !== toldFormat) throw new Error(`A row of format ${bytes[0]} is newer than this program.`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const readIndex = (at: number) => view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2)
  const placeAt = (at: number, secondsAt: number) => {
    const place = bytes[at] ?? 0
    return {
      channel: channels[place & 3] ?? 'A',
      quality: qualities[(place >> 2) & 3] as ToldIndex['quality'],
      at: { base: toldBases[(place >> 4) & 3] ?? 'message', seconds: view.getUint32(secondsAt) },
    }
  }
  const indexes: ToldIndex[] = []
  let at = headBytes
  for (let left = view.getUint16(5); left > 0; left--) {
    indexes.push({ ...placeAt(at, at + 1), index: readIndex(at + 5) })
    at += indexBytes
  }
  if (at === bytes.length) return { indexes, runs: [], part: null }
  const runs: ToldRun[] = []
  while (at < bytes.length && bytes[at] === tag.run) {
    const { channel, at: instant } = placeAt(at + 1, at + 2)
    const index = readIndex(at + 6)
    const periodSeconds = view.getUint32(at + 12) || null
    const deltas = Array.from({ length: view.getUint16(at + 16) }, (_, k) => view.getUint32(at + runBytes + 4 * k))
    runs.push({ channel, index, at: instant, periodSeconds, deltas })
    at += runBytes + 4 * deltas.length
  }
  return { indexes, runs, part: at < bytes.length ? unpackPart(bytes, view, at, readIndex) : null }
}

const unpackPart = (
  bytes: Uint8Array,
  view: DataView,
  from: number,
  readIndex: (at: number) => number,
): HistoryPart => {
  const plan: HistoryPlan = {
    samples: view.getUint16(from + 2),
    periodSeconds: view.getUint32(from + 4),
    withinSeconds: view.getUint32(from + 8),
  }
  const own = channels.slice(0, bytes[from + 12])
  let at = from + partBytes
  const indexes = Array.from({ length: bytes[from + 13] ?? 0 }, (_, k) => readIndex(at + 6 * k))
  at += 6 * indexes.length
  const samples = view.getUint16(at)
  at += 2
  const deltas = Array.from({ length: samples }, (_, k) =>
    own.map((_, c) => view.getUint32(at + 4 * (k * own.length + c))),
  )
  return { part: bytes[from + 1] ?? 0, channels: own, indexes, deltas, plan: plan.samples === 0 ? null : plan }
}

export const isSamePacked = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])
