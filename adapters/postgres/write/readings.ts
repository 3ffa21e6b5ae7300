import type pg from 'pg'
import type { MeterEvent } from '../../../core/readings/events.ts'
import { mergeAll } from '../../../core/readings/merge.ts'
import { type Reading, readingKey } from '../../../core/readings/reading.ts'
import { closedBeforeMs } from '../closed-days/lock.ts'
import { reopenFor } from '../closed-days/reopen.ts'
import { slices } from '../sql/bisect.ts'
import { columnsOf, milliseconds } from '../sql/rows.ts'
import { readingColumns, type rowTables } from '../tables/readings.ts'

/** What another index at the same key left: `was` lost to `now`, or `now` lost to `was`. */
interface Conflict {
  device_id: string
  channel: Reading['channel']
  read_at: number
  lost: string
  held: string
}

const candidates = columnsOf(['text', 'text', 'timestamptz', 'bigint', 'reading_quality', 'timestamptz', 'uuid'])

/** Higher quality wins, then the higher index, then (the index being the same) the smaller message id. */
const wins = `(excluded.quality, excluded.index, r.message_id) > (r.quality, r.index, excluded.message_id)`

const improves = `${wins} OR excluded.received_at < r.received_at`

/** A row that was there already and was touched: its index before and after. */
interface Touched {
  device_id: string
  channel: Reading['channel']
  read_at: number
  was: string
  now: string
}

/**
 * A row with another index is touched even where nothing of it changes: only what is touched is returned, and to look
 * all rows up a second time for the few conflicts cost more than writing those.
 */
const mergeSlice = async (client: pg.PoolClient, table: (typeof rowTables)[number], rows: readonly Reading[]) => {
  const { rows: results } = await client.query<{ added: number; touched: Touched[] }>(
    `WITH merged AS (
       INSERT INTO ${table} AS r (device_id, channel, read_at, index, quality, received_at, message_id)
       SELECT ${candidates}
       ON CONFLICT (device_id, channel, read_at) DO UPDATE SET
         index = CASE WHEN ${wins} THEN excluded.index ELSE r.index END,
         quality = greatest(excluded.quality, r.quality),
         message_id = CASE WHEN ${wins} THEN excluded.message_id ELSE r.message_id END,
         received_at = least(excluded.received_at, r.received_at)
       WHERE ${improves} OR excluded.index <> r.index
       RETURNING r.device_id, r.channel, r.read_at, old.index AS was, new.index AS now
     )
     SELECT count(*) FILTER (WHERE was IS NULL)::int AS added,
       coalesce(jsonb_agg(jsonb_build_object('device_id', device_id, 'channel', channel,
         'read_at', ${milliseconds('read_at')}, 'was', was::text, 'now', now::text))
         FILTER (WHERE was IS NOT NULL), '[]') AS touched
     FROM merged`,
    readingColumns(rows),
  )
  const [result] = results
  if (!result) throw new Error('the merge of readings answered nothing')
  return result
}

/** Of an index that was there and the one that came, which is the reading now; null where they are the same. */
const conflictOf = ({ device_id, channel, read_at, was, now }: Touched, came: number): Conflict | null => {
  const lost = was === now ? String(came) : was
  return lost === now ? null : { device_id, channel, read_at, lost, held: now }
}

/** What stands already: touched, and as it was. */
const untouched = (reading: Reading, index: string): Touched => {
  const { deviceId: device_id, channel, readAtMs: read_at } = reading
  return { device_id, channel, read_at, was: index, now: index }
}

/**
 * Merges readings into what is kept, the result being the same in whatever order they come. Of several indexes at one
 * key the best is the reading, and each other one an event `index_conflict`.
 * @returns how many keys are new, the conflicts to keep, and those to drop because their index now is the reading
 */
export const mergeIntoReadings = async (client: pg.PoolClient, readings: readonly Reading[]) => {
  const { readings: all, conflicts } = mergeAll(readings)
  const closedMs = await closedBeforeMs(client)
  const late = all.filter(({ readAtMs }) => readAtMs < closedMs)
  let added = 0
  const touched: Touched[] = []
  const merge = async (table: (typeof rowTables)[number], rows: readonly Reading[]) => {
    for (const slice of slices(rows)) {
      const merged = await mergeSlice(client, table, slice)
      added += merged.added
      touched.push(...merged.touched)
    }
  }
  await merge('reading_open', late.length === 0 ? all : all.filter(({ readAtMs }) => readAtMs >= closedMs))
  if (late.length > 0) {
    const { news, held } = await reopenFor(client, late, improves)
    touched.push(...held.map(({ reading, index }) => untouched(reading, index)))
    await merge('reading_late', news)
  }
  const keep = conflicts
  const drop: MeterEvent[] = []
  const unique = new Map(touched.length === 0 ? [] : all.map((reading) => [readingKey(reading), reading]))
  for (const one of touched) {
    const key = readingKey({ deviceId: one.device_id, channel: one.channel, readAtMs: one.read_at })
    const came = unique.get(key)
    const conflict = came && conflictOf(one, came.index)
    if (!conflict) continue
    const { device_id, channel, read_at, lost, held } = conflict
    const at = { deviceId: device_id, atMs: read_at, kind: 'index_conflict', channel, messageId: null } as const
    keep.push({ ...at, value: Number(lost) })
    drop.push({ ...at, value: Number(held) })
  }
  return { added, keep, drop }
}
