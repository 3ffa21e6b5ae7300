import type pg from 'pg'
import type { ApiStore, ReadingRow } from '../../../core/api/store.ts'
import type { Quality } from '../../../core/readings/reading.ts'
import { channels } from '../../../core/readings/reading.ts'
import { rowTables } from '../tables/readings.ts'
import { beyond, exactInteger, lowest } from './columns.ts'

interface Columns {
  device_id: string
  channel: string
  read_at: Date
  received_at: Date
  index: string
  quality: Quality
}

const columns = 'r.device_id, r.channel, r.read_at, r.received_at, r.index, r.quality'

const toReading = (row: Columns): ReadingRow => ({
  deviceId: row.device_id,
  channel: row.channel,
  readAtMs: row.read_at.getTime(),
  receivedAtMs: row.received_at.getTime(),
  index: exactInteger(row.index),
  quality: row.quality,
})

const dayOf = (instant: string) => `(${instant} AT TIME ZONE 'UTC')::date`

/**
 * SQL for the first readings of each table, in order: tables of rows, and closed days. The readings of a closed day are in
 * order too, and those after the page are not unfolded.
 * @param order the columns of the order before the day or the instant
 */
const firstOf = (rows: string, days: string, order: string, limit: string) => `
  ${rowTables.map((table) => `(SELECT ${columns} FROM ${table} r WHERE ${rows} ORDER BY ${order}r.read_at LIMIT ${limit})`).join(' UNION ALL ')}
  UNION ALL (
    SELECT ${columns} FROM reading_day d, unfolded(d) AS r WHERE ${days} AND ${rows}
    ORDER BY ${order.replaceAll('r.', 'd.')}d.day, r.read_at LIMIT ${limit})`

/** SQL for the first readings of a device and channel within a range and after the previous page. */
const rangeOf = (own: [device: string, channel: string], from: string, to: string, behind: string, limit: string) => {
  const [device, channel] = own
  return firstOf(
    `r.device_id = ${device} AND r.channel = ${channel} AND r.read_at >= ${from} AND r.read_at < ${to} AND ${behind}`,
    `d.device_id = ${device} AND d.channel = ${channel} AND d.day >= ${dayOf(from)} AND d.day <= ${dayOf(to)}`,
    '',
    limit,
  )
}

const ofDevice = rangeOf(
  ['$2', 'channel_name'],
  'greatest($3::timestamptz, $5::timestamptz)',
  '$4::timestamptz',
  '(r.read_at > $5 OR r.channel > $6)',
  '$7',
)

/** By time, then channel. Each channel's range of the primary key is read in order, and no further than the page. */
export const readingsOf =
  (pool: pg.Pool): ApiStore['readingsOf'] =>
  async (deviceId, { fromMs, toMs, after, limit }) => {
    const [afterMs = null, afterChannel = ''] = (after ?? []) as [number?, string?]
    const { rows } = await pool.query<Columns>(
      `SELECT page.* FROM unnest($1::text[]) AS channel_name, LATERAL (${ofDevice}) AS page
       ORDER BY read_at, channel LIMIT $7`,
      [channels, deviceId, lowest(fromMs), beyond(toMs), lowest(afterMs), afterChannel, limit],
    )
    return rows.map(toReading)
  }

const behindPage = '(r.device_id, r.channel, r.read_at) > ($1, $2, $3::timestamptz)'
const fromPageOn = `(d.device_id, d.channel, d.day) >= ($1, $2, ${dayOf('$3::timestamptz')})`

const allStatement = `
  SELECT * FROM (${firstOf(behindPage, fromPageOn, 'r.device_id, r.channel, ', '$4')}) AS page
  ORDER BY device_id, channel, read_at LIMIT $4`

// No index begins with the time: it would cost a write for each reading, and only this query would use it. Instead the
// query looks up each device's range, then the next device: 50 µs a device, however many readings it has.
const withinStatement = `
  WITH RECURSIVE known (device_id) AS (
    (SELECT device_id FROM reading_device WHERE device_id >= $1 ORDER BY device_id LIMIT 1)
    UNION ALL
    SELECT (SELECT min(device_id) FROM reading_device WHERE device_id > known.device_id) FROM known
    WHERE known.device_id IS NOT NULL
  )
  SELECT page.* FROM known, LATERAL (
    SELECT range.* FROM unnest($5::text[]) AS channel_name, LATERAL (
      ${rangeOf(['known.device_id', 'channel_name'], '$6::timestamptz', '$7::timestamptz', behindPage, '$4')}) AS range
    ORDER BY channel, read_at LIMIT $4) AS page
  LIMIT $4`

/** In the order of the primary key: device, channel, time. */
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
