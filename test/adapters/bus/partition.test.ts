import fc from 'fast-check'
import { expect, test } from 'vitest'
import { byDevice, byFirstId, partitionGroups, placeOf } from '../../../adapters/kinesis/partition.ts'
import { messageIdCodec, rawItemCodec } from '../../../adapters/pack/items.ts'
import { unpackItems } from '../../../adapters/pack/pack.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { anyItem, callbackOf12Bytes } from '../pack/items.ts'

const groups = Array.from({ length: partitionGroups }, (_, group) => group)

/** How many groups lie in each of `shards` equal parts of the space of keys. */
const spread = (shards: number) => {
  const counts = Array<number>(shards).fill(0)
  for (const { ExplicitHashKey } of groups.map(placeOf)) {
    const shard = Number((BigInt(ExplicitHashKey) * BigInt(shards)) / 2n ** 128n)
    counts[shard] = (counts[shard] ?? 0) + 1
  }
  return counts
}

test('shards have equal shares, however often they are halved', () => {
  for (const shards of [1, 2, 4, 8, 16]) expect(spread(shards)).toEqual(Array(shards).fill(partitionGroups / shards))
})

test('groups hold about as many devices each', () => {
  const items = Array.from({ length: 16_000 }, (_, n) => callbackOf12Bytes(n))
  const counts = Array<number>(partitionGroups).fill(0)
  for (const { group, count } of byDevice(rawItemCodec, items, 24_000).packs)
    counts[group] = (counts[group] ?? 0) + count
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(200)
})

test('all messages of a device are in one group, in order, none missing and none twice', () => {
  const fewDevices = fc
    .array(fc.tuple(anyItem, fc.constantFrom('A1', 'B2', 'C3', 'D4', null)), { maxLength: 60 })
    .map((pairs) => pairs.map(([item, deviceId]) => ({ ...item, deviceId }) as RawItem))
  fc.assert(
    fc.property(fewDevices, fc.integer({ min: 30, max: 500 }), (batch, packBytes) => {
      // an uplink without a device does not exist; a reject may have none
      const items = batch.filter((item) => item.kind === 'reject' || item.deviceId !== null)
      const { packs, positions = [] } = byDevice(rawItemCodec, items, packBytes)
      const out = packs.flatMap(({ bytes, group }) => unpackItems(rawItemCodec, bytes).map((item) => ({ item, group })))
      expect(out.map(({ item }) => item)).toEqual(positions.map((position) => items[position]))
      expect(positions.toSorted((a, b) => a - b)).toEqual([...items.keys()])
      for (const device of new Set(items.map(({ deviceId }) => deviceId))) {
        const own = out.filter(({ item }) => item.deviceId === device)
        expect(new Set(own.map(({ group }) => group)).size).toBe(1)
        expect(own.map(({ item }) => item)).toEqual(items.filter(({ deviceId }) => deviceId === device))
      }
    }),
  )
})

test('ids travel in full packs that spread over the groups', () => {
  const ids = Array.from(
    { length: 30_000 },
    (_, n) => `01941f29-7c00-8${n.toString(16).padStart(3, '0').slice(-3)}-8000-${n.toString(16).padStart(12, '0')}`,
  )
  const { packs, positions } = byFirstId(messageIdCodec, ids, 24_000)
  expect(packs).toHaveLength(Math.ceil((30_000 * 17) / (24_000 - 11)))
  expect(packs.flatMap(({ bytes }) => unpackItems(messageIdCodec, bytes))).toEqual(ids)
  expect(positions).toBeUndefined()
  expect(new Set(packs.map(({ group }) => group)).size).toBeGreaterThan(8)
})
