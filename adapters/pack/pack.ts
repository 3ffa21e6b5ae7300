import { crc32 } from 'node:zlib'
import { ByteReader, ByteWriter, PackCorrupt } from './bytes.ts'

/**
 * A pack is one bus record that holds many items, because a bus bills and limits by record.
 *
 *     byte 0      version of the format (1)
 *     bytes 1-4   CRC-32 of all that follows, big-endian
 *     bytes 5-10  the instant of the first item, milliseconds since 1970, big-endian
 *     then        items: a varint with the item's length, then the item
 *
 * A reader ignores what follows the fields it knows, so new fields go to the end of an item. A kind of item that it does
 * not know makes the pack one of an unknown version, which is retried until a newer worker reads it.
 */
const packVersion = 1
const headerBytes = 11

/** One item's layout: written to and read from the bytes between two lengths. */
export interface ItemCodec<T> {
  readonly instantMs: (item: T) => number
  readonly write: (writer: ByteWriter, item: T, packInstantMs: number) => void
  /** @throws PackCorrupt, UnknownPackVersion */
  readonly read: (reader: ByteReader, packInstantMs: number) => T
}

/** A pack in a format that this version does not know: a newer door wrote it, and a newer worker will read it. */
export class UnknownPackVersion extends Error {
  override name = 'UnknownPackVersion'
}

/** Some consecutive items: `count` of them, of which `first` is the position of the first. */
export interface Pack {
  readonly bytes: Buffer
  readonly first: number
  readonly count: number
}

/** The packs of a batch. */
export interface Packed<P extends Pack> {
  readonly packs: readonly P[]
  /** Where each packed item stood in the batch; left out where packs hold the items in the batch's order. */
  readonly positions?: readonly number[]
}

const seal = (body: ByteWriter, instantMs: number): Buffer => {
  const pack = Buffer.allocUnsafe(headerBytes + body.length)
  pack[0] = packVersion
  pack.writeUIntBE(instantMs, 5, 6)
  pack.set(body.view(), headerBytes)
  pack.writeUInt32BE(crc32(pack.subarray(5)), 1)
  return pack
}

/** Packs `items` in order. A pack has at most `maxBytes`, unless one item alone is longer. */
export const packItems = <T>(codec: ItemCodec<T>, items: readonly T[], maxBytes: number): Pack[] => {
  const packs: Pack[] = []
  const body = new ByteWriter()
  const one = new ByteWriter()
  let first = 0
  let count = 0
  let instantMs = 0
  for (const item of items) {
    if (count === 0) instantMs = codec.instantMs(item)
    one.clear()
    codec.write(one, item, instantMs)
    if (count > 0 && headerBytes + body.length + one.length + 4 > maxBytes) {
      packs.push({ bytes: seal(body, instantMs), first, count })
      body.clear()
      first += count
      count = 0
      instantMs = codec.instantMs(item)
      one.clear()
      codec.write(one, item, instantMs)
    }
    body.varint(one.length)
    body.append(one)
    count++
  }
  if (count > 0) packs.push({ bytes: seal(body, instantMs), first, count })
  return packs
}

/**
 * @throws PackCorrupt where the bytes are not a pack, or were altered
 * @throws UnknownPackVersion where a newer version wrote them
 */
export const unpackItems = <T>(codec: ItemCodec<T>, bytes: Buffer): T[] => {
  if (bytes.length === 0) throw new PackCorrupt('the pack is empty')
  if (bytes[0] !== packVersion)
    throw new UnknownPackVersion(`pack version ${bytes[0]}, this worker reads ${packVersion}`)
  if (bytes.length < headerBytes) throw new PackCorrupt('the pack ends inside its header')
  if (bytes.readUInt32BE(1) !== crc32(bytes.subarray(5))) throw new PackCorrupt('the checksum does not fit')
  const instantMs = bytes.readUIntBE(5, 6)
  const reader = new ByteReader(bytes, headerBytes)
  const items: T[] = []
  while (!reader.finished) {
    const itemEnd = reader.varint() + reader.position
    if (itemEnd > bytes.length) throw new PackCorrupt('an item is longer than the pack')
    reader.end = itemEnd
    items.push(codec.read(reader, instantMs))
    reader.end = bytes.length
    reader.position = itemEnd
  }
  return items
}
