import type pg from 'pg'
import type { Lane } from '../../../core/message/lane.ts'

/** As many as the migration makes. */
const shards = 16

const columns = [
  'raw_received',
  'raw_stored',
  'raw_duplicates',
  'raw_rejected',
  'pulse_decoded',
  'pulse_rejected',
  'readings',
] as const

/**
 * Adds to the counters of a lane, as the last statement of the transaction that wrote the rows: the row is locked
 * until the commit, so its lock is held as briefly as can be, and each transaction takes one of the shards.
 */
export const countFlow = async (
  client: pg.PoolClient,
  lane: Lane,
  counts: Partial<Record<(typeof columns)[number], number>>,
): Promise<void> => {
  const shard = Math.floor(Math.random() * shards)
  await client.query(
    `UPDATE flow SET ${columns.map((name, i) => `${name} = ${name} + $${i + 3}`).join(', ')} WHERE lane = $1 AND shard = $2`,
    [lane, shard, ...columns.map((name) => counts[name] ?? 0)],
  )
}
