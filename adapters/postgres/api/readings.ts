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

const allStatement = `
  SELECT ${columns} FROM reading WHERE (device_id, channel, read_at) > ($1, $2, $3::timestamptz)
  ORDER BY device_id, channel, read_at LIMIT $4`

// No index begins with the time: it would be written once for each reading and read by no one else. Instead each
// device's range is looked up, and the next device behind it: 50 µs a device, however many readings it has.
const withinStatement = `
  WITH RECURSIVE known (device_id) AS (
    (SELECT device_id FROM reading WHERE device_id >= $1 ORDER BY device_id LIMIT 1)
    UNION ALL
    SELECT (SELECT min(device_id) FROM reading WHERE device_id > known.device_id) FROM known
    WHERE known.device_id IS NOT NULL
  )
  SELECT page.* FROM known, LATERAL (
    SELECT range.* FROM unnest($5::text[]) AS channel_name, LATERAL (
      SELECT ${columns} FROM reading
      WHERE device_id = known.device_id AND channel = channel_name AND read_at >= $6 AND read_at < $7
        AND (device_id, channel, read_at) > ($1, $2, $3::timestamptz)
      ORDER BY read_at LIMIT $4) AS range
    ORDER BY channel, read_at LIMIT $4) AS page
  LIMIT $4`

/** In the order of the primary key, for exports. */
export const allReadings =
  (pool: pg.Pool): ApiStore['readings'] =>
  async ({ fromMs, toMs, after, limit }) => {
    const [device = '', channel = '', afterMs = null] = (after ?? []) as [string?, string?, number?]
    const page = [device, channel, lowest(afterMs), limit]
    const { rows } =
      fromMs === null && toMs === null
        ? await pool.query<Columns>(allStatement, page)
        : await pool.query<Columns>(withinStatement, [...page, channels, lowest(fromMs), beyond(toMs)])
    return rows.map(toReading)
  }
