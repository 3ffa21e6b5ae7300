import { crc32 } from 'node:zlib'
import type { MessageId } from '../../core/message/identity.ts'
import type { RawItem } from '../../core/message/uplink.ts'
import type { Packed } from '../bus/stream.ts'
import { type ItemCodec, type Pack, packItems } from '../pack/pack.ts'

/**
 * Packs travel in so many groups, each with a place of its own in the space of partition keys. A group has one shard
 * and, inside of it, one reader at a time: no more than this many work at once. A flush makes a record for each group,
 * and one door that flushes every 20 ms stays with 16 below the 1,000 records a second of one shard.
 */
export const partitionGroups = 16

const groupOf = (text: string) => crc32(text) % partitionGroups

/**
 * Where a group lies. Said outright: by the hash that Kinesis makes of a key, two shards would get 3 and 13 of 16 groups;
 * these are spread evenly however often the space is halved.
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
  const packs = positionsOf.flatMap((positions, group) => {
    const items = positions.flatMap((position) => batch[position] ?? [])
    return packItems(codec, items, packBytes).map((pack) => ({ ...pack, group }))
  })
  return { packs, positions: positionsOf.flat() }
}

/** Ids have no order to keep: full packs, each in the group of its first id. */
export const byFirstId: Partition<MessageId> = (codec, batch, packBytes) => {
  let position = 0
  const packs = packItems(codec, batch, packBytes).map((pack) => {
    const group = groupOf(batch[position] ?? '')
    position += pack.count
    return { ...pack, group }
  })
  return { packs }
}
