import type pg from 'pg'
import type { ApiStore, ReadingRow } from '../../../core/api/store.ts'
import { channels } from '../../../core/reading.ts'
import type { Quality } from '../../../core/time.ts'
import { beyond, exactInteger, lowest } from './columns.ts'

interface Columns {
  device_id: string
  channel: string
  read_at: Date
  received_at: Date
  index: string
  quality: Quality
}

const columns = 'device_id, channel, read_at, received_at, index, quality'

const toReading = (row: Columns): ReadingRow => ({
  deviceId: row.device_id,
  channel: row.channel,
  readAtMs: row.read_at.getTime(),
  receivedAtMs: row.received_at.getTime(),
  index: exactInteger(row.index),
  quality: row.quality,
})

/** By time, then channel: each channel's range of the primary key is read in order, and no further than the page. */
export const readingsOf =
  (pool: pg.Pool): ApiStore['readingsOf'] =>
  async (deviceId, { fromMs, toMs, after, limit }) => {
    const [afterMs = null, afterChannel = ''] = (after ?? []) as [number?, string?]
    const { rows } = await pool.query<Columns>(
      `SELECT page.* FROM unnest($1::text[]) AS channel_name, LATERAL (
         SELECT ${columns} FROM reading
         WHERE device_id = $2 AND channel = channel_name AND read_at >= greatest($3::timestamptz, $5::timestamptz)
           AND read_at < $4 AND (read_at > $5 OR channel > $6)
         ORDER BY read_at LIMIT $7) AS page
       ORDER BY read_at, channel LIMIT $7`,
      [channels, deviceId, lowest(fromMs), beyond(toMs), lowest(afterMs), afterChannel, limit],
    )
    return rows.map(toReading)
  }

/**
 * In the order of the primary key, for exports. `from` and `to` only filter here: no index begins with the time, because
 * it would be written once for each reading and read by no one else.
 */
export const allReadings =
  (pool: pg.Pool): ApiStore['readings'] =>
  async ({ fromMs, toMs, after, limit }) => {
    const [device = '', channel = '', afterMs = null] = (after ?? []) as [string?, string?, number?]
    const { rows } = await pool.query<Columns>(
      `SELECT ${columns} FROM reading
       WHERE (device_id, channel, read_at) > ($1, $2, $3::timestamptz) AND read_at >= $4 AND read_at < $5
       ORDER BY device_id, channel, read_at LIMIT $6`,
      [device, channel, lowest(afterMs), lowest(fromMs), beyond(toMs), limit],
    )
    return rows.map(toReading)
  }
