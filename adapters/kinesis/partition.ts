import { crc32 } from 'node:zlib'
import type { MessageId } from '../../core/message/identity.ts'
import type { RawItem } from '../../core/message/uplink.ts'
import { type ItemCodec, type Pack, type Packed, packItems } from '../pack/pack.ts'

/**
 * How many groups packs travel in, each with a place of its own in the space of partition keys. A group has one shard and
 * one reader at a time within it, so at most this many workers read at once. A flush makes a record for each group: with
 * 16, a door that flushes every 20 ms stays below the 1,000 records a second of one shard.
 */
export const partitionGroups = 16

const groupOf = (text: string) => crc32(text) % partitionGroups

/**
 * Where a group lies. The hash key is given, because the one that Kinesis computes would give two shards 3 and 13 of the 16
 * groups. These are spread evenly however often the space is halved.
 */
export const placeOf = (group: number) => ({
  PartitionKey: String(group),
  ExplicitHashKey: String((2n ** 128n * BigInt(2 * group + 1)) / BigInt(2 * partitionGroups)),
})

export interface GroupedPack extends Pack {
  readonly group: number
}

/** How the items of one `publish` are made into packs. */
export type Partition<T> = (codec: ItemCodec<T>, batch: readonly T[], packBytes: number) => Packed<GroupedPack>

/** What one device sent stays in order: a pack holds items of one group of devices. */
export const byDevice: Partition<RawItem> = (codec, batch, packBytes) => {
  const positionsOf: number[][] = Array.from({ length: partitionGroups }, () => [])
  batch.forEach(({ deviceId }, position) => {
    positionsOf[groupOf(deviceId ?? '')]?.push(position)
  })
  let before = 0
  const packs = positionsOf.flatMap((positions, group) => {
    const items = positions.flatMap((position) => batch[position] ?? [])
    const own = packItems(codec, items, packBytes).map((pack) => ({ ...pack, first: before + pack.first, group }))
    before += items.length
    return own
  })
  return { packs, positions: positionsOf.flat() }
}

/** Ids have no order to keep: full packs, each in the group of its first id. */
export const byFirstId: Partition<MessageId> = (codec, batch, packBytes) => ({
  packs: packItems(codec, batch, packBytes).map((pack) => ({ ...pack, group: groupOf(batch[pack.first] ?? '') })),
})
