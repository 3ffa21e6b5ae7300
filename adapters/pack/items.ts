import type { MessageId } from '../../core/message/identity.ts'
import { lanes, steps, uplinkKinds } from '../../core/message/lane.ts'
import { type RejectRecord, rejectReasons } from '../../core/message/rejects.ts'
import type { RawItem, Uplink } from '../../core/message/uplink.ts'
import { readUuid } from '../process/ids.ts'
import type { ByteReader, ByteWriter } from './bytes.ts'
import { type ItemCodec, UnknownPackVersion } from './pack.ts'

/**
 * Items of a raw topic. First byte: the position of the uplink's kind in `uplinkKinds`, or 255 for a reject record.
 *
 *     uplink   received (ms after the pack's instant, signed), device (text), seqNumber + 1,
 *              time (0 = none, else 1 + zigzag of seconds after the pack's instant), payload (bytes)
 *     reject   received, lane and step and reason (texts), device (text, empty = unknown), bytes
 *
 * A callback with a frame of 12 bytes takes 31 bytes, an Adeunis datagram of 31 bytes takes 57.
 */
const rejectTag = 255

const instantSeconds = (instantMs: number) => Math.floor(instantMs / 1000)

const zigzag = (value: number) => (value < 0 ? -value * 2 - 1 : value * 2)
const unzigzag = (value: number) => (value % 2 === 1 ? -(value + 1) / 2 : value / 2)

const writeUplink = (writer: ByteWriter, item: Uplink, instantMs: number) => {
  writer.byte(uplinkKinds.indexOf(item.kind))
  writer.signedVarint(item.receivedAtMs - instantMs)
  writer.ascii(item.deviceId)
  writer.varint(item.seqNumber + 1)
  writer.varint(item.timeSeconds === null ? 0 : 1 + zigzag(item.timeSeconds - instantSeconds(instantMs)))
  writer.bytes(item.payload)
}

const readUplink = (reader: ByteReader, kind: Uplink['kind'], instantMs: number): Uplink => {
  const receivedAtMs = instantMs + reader.signedVarint()
  const deviceId = reader.ascii()
  const seqNumber = reader.varint() - 1
  const time = reader.varint()
  const timeSeconds = time === 0 ? null : instantSeconds(instantMs) + unzigzag(time - 1)
  return { kind, deviceId, seqNumber, timeSeconds, receivedAtMs, payload: reader.bytes() }
}

const writeReject = (writer: ByteWriter, item: RejectRecord, instantMs: number) => {
  writer.byte(rejectTag)
  writer.signedVarint(item.atMs - instantMs)
  writer.ascii(item.lane)
  writer.ascii(item.step)
  writer.ascii(item.reason)
  writer.ascii(item.deviceId ?? '')
  writer.bytes(item.bytes)
}

/** A word of a list that only grows. A word that this worker does not know is for a newer worker. */
const known = <T extends string>(words: readonly T[], word: string): T => {
  const found = words.find((candidate) => candidate === word)
  if (found === undefined) throw new UnknownPackVersion(`the word ${JSON.stringify(word)} of a reject record`)
  return found
}

const readReject = (reader: ByteReader, instantMs: number): RejectRecord => ({
  kind: 'reject',
  atMs: instantMs + reader.signedVarint(),
  lane: known(lanes, reader.ascii()),
  step: known(steps, reader.ascii()),
  reason: known(rejectReasons, reader.ascii()),
  deviceId: reader.ascii() || null,
  bytes: reader.bytes(),
})

export const rawItemCodec: ItemCodec<RawItem> = {
  instantMs: (item) => (item.kind === 'reject' ? item.atMs : item.receivedAtMs),
  write: (writer, item, instantMs) =>
    item.kind === 'reject' ? writeReject(writer, item, instantMs) : writeUplink(writer, item, instantMs),
  read: (reader, instantMs) => {
    const tag = reader.byte()
    if (tag === rejectTag) return readReject(reader, instantMs)
    const kind = uplinkKinds[tag]
    if (kind === undefined) throw new UnknownPackVersion(`item of kind ${tag}`)
    return readUplink(reader, kind, instantMs)
  },
}

const idBytes = 16

/** Items of a pulse topic: the 16 bytes of a message's id. */
export const messageIdCodec: ItemCodec<MessageId> = {
  instantMs: () => 0,
  write: (writer, id) => writer.uuid(id),
  read: (reader) => readUuid(reader.raw(idBytes), 0),
}
