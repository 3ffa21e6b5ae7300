import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messageIdCodec, rawItemCodec } from '../../../adapters/pack/items.ts'
import { packItems, unpackItems } from '../../../adapters/pack/pack.ts'
import { sha256 } from '../../../adapters/process/ids.ts'
import { timedId } from '../../../core/message/identity.ts'
import { adeunisOf31Bytes, anyItem, callbackOf12Bytes } from './items.ts'

/** What the SQS stream asks for: 60 KB after base64. */
const fullBytes = 45_000

const unpackAll = (packs: readonly { bytes: Buffer }[]) =>
  packs.flatMap(({ bytes }) => unpackItems(rawItemCodec, bytes))

describe('what goes into packs comes out again', () => {
  test('any items of a raw topic, in order, however small the packs', () => {
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 20 }), fc.integer({ min: 1, max: 2_000 }), (items, maxBytes) => {
        const packs = packItems(rawItemCodec, items, maxBytes)
        expect(packs.map(({ count }) => count).reduce((sum, count) => sum + count, 0)).toBe(items.length)
        expect(unpackAll(packs)).toEqual(items)
      }),
      { numRuns: 300 },
    )
  })

  test('any ids of a pulse topic', () => {
    const anyId = fc.tuple(fc.nat(2 ** 47), fc.string()).map(([timeMs, input]) => timedId(timeMs, sha256(input)))
    fc.assert(
      fc.property(fc.array(anyId), (ids) => {
        const packs = packItems(messageIdCodec, ids, 100)
        expect(packs.flatMap(({ bytes }) => unpackItems(messageIdCodec, bytes))).toEqual(ids)
      }),
    )
  })
})

describe('a pack fills its size', () => {
  test('and is never longer: 60 KB in base64', () => {
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 40 }), fc.integer({ min: 200, max: 1_000 }), (items, maxBytes) => {
        for (const { bytes } of packItems(rawItemCodec, items, maxBytes)) {
          expect(bytes.length).toBeLessThanOrEqual(maxBytes)
        }
      }),
      { numRuns: 300 },
    )
    const many = Array.from({ length: 5_000 }, (_, n) => adeunisOf31Bytes(n))
    for (const { bytes } of packItems(rawItemCodec, many, fullBytes)) {
      expect(bytes.toString('base64').length).toBeLessThanOrEqual(60_000)
    }
  })

  test('an item that is longer than that travels alone', () => {
    const [small, large] = [callbackOf12Bytes(1), { ...callbackOf12Bytes(2), payload: Buffer.alloc(262_144) }]
    const packs = packItems(rawItemCodec, [small, large, small, small], fullBytes)
    expect(packs.map(({ count }) => count)).toEqual([1, 1, 2])
    expect(unpackAll(packs)).toEqual([small, large, small, small])
  })

  test.each([
    ['a callback of 12 bytes', callbackOf12Bytes],
    ['an Adeunis datagram of 31 bytes', adeunisOf31Bytes],
  ])('%s takes at most 70 bytes in a full one', (_what, messageOf) => {
    const [full] = packItems(
      rawItemCodec,
      Array.from({ length: 2_000 }, (_, n) => messageOf(n)),
      fullBytes,
    )
    expect(full?.bytes.length).toBeGreaterThan(fullBytes - 100)
    expect(fullBytes / (full?.count ?? 0)).toBeLessThanOrEqual(70)
  })
})
