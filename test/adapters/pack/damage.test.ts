import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PackCorrupt } from '../../../adapters/pack/bytes.ts'
import { rawItemCodec } from '../../../adapters/pack/items.ts'
import { type ItemCodec, packItems, UnknownPackVersion, unpackItems } from '../../../adapters/pack/pack.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { anyItem, callbackOf12Bytes } from './items.ts'

const packed = (items: readonly RawItem[], codec: ItemCodec<RawItem> = rawItemCodec): Buffer => {
  const [pack, ...others] = packItems(codec, items, Number.POSITIVE_INFINITY)
  if (!pack || others.length > 0) throw new Error('not one pack')
  return pack.bytes
}
const read = (bytes: Buffer) => unpackItems(rawItemCodec, bytes)
const faultOf = (bytes: Buffer): unknown => {
  try {
    return read(bytes)
  } catch (error) {
    return (error as Error).constructor
  }
}

const [reject] = fc.sample(
  anyItem.filter(({ kind }) => kind === 'reject'),
  { numRuns: 1, seed: 1 },
) as [RawItem]
const items = [callbackOf12Bytes(1), reject, callbackOf12Bytes(2)]
const pack = packed(items)

describe('a damaged pack is never read as something else', () => {
  test('with any single bit flipped', () => {
    for (let bit = 0; bit < pack.length * 8; bit++) {
      const flipped = Buffer.from(pack)
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(faultOf(flipped)).toBe(bit < 8 ? UnknownPackVersion : PackCorrupt)
    }
  })

  test('cut at any length, or with bytes appended', () => {
    for (let end = 0; end < pack.length; end++) expect(faultOf(pack.subarray(0, end))).toBe(PackCorrupt)
    expect(faultOf(Buffer.concat([pack, Buffer.of(0)]))).toBe(PackCorrupt)
  })

  test('made of any bytes, even with a checksum that fits: it is one of the two faults, or items', () => {
    const sealed = (body: Uint8Array) => {
      const bytes = Buffer.concat([Buffer.of(1, 0, 0, 0, 0), body])
      bytes.writeUInt32BE(crc32(bytes.subarray(5)), 1)
      return bytes
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, fits) => {
        const outcome = faultOf(fits ? sealed(bytes) : Buffer.from(bytes))
        expect(Array.isArray(outcome) || outcome === PackCorrupt || outcome === UnknownPackVersion).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a newer writer', () => {
  const newer = (write: ItemCodec<RawItem>['write']): ItemCodec<RawItem> => ({ ...rawItemCodec, write })

  test('may append fields to an item: this reader skips them', () => {
    fc.assert(
      fc.property(fc.array(anyItem, { minLength: 1 }), fc.uint8Array(), (some, extra) => {
        const codec = newer((writer, item, instantMs) => {
          rawItemCodec.write(writer, item, instantMs)
          writer.bytes(extra)
        })
        expect(read(packed(some, codec))).toEqual(some)
      }),
    )
  })

  test.each<[string, Buffer]>([
    ['another version', Buffer.concat([Buffer.of(2), pack.subarray(1)])],
    [
      'a kind of item that is not known here',
      packed(
        items,
        newer((writer) => writer.byte(77)),
      ),
    ],
    [
      'a reason that is not known here',
      packed(
        [reject],
        newer((writer, item, ms) => rawItemCodec.write(writer, { ...item, reason: 'new_word' } as never, ms)),
      ),
    ],
  ])('with %s is retried, not rejected', (_what, bytes) => {
    expect(faultOf(bytes)).toBe(UnknownPackVersion)
  })
})
