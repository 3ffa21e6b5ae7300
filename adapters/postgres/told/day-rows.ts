import type pg from 'pg'
import type { Channel } from '../../../core/message/channel.ts'
import type { Quality, Reading } from '../../../core/readings/reading.ts'
import { bigints, texts, uuids, words } from '../sql/arrays.ts'
import { slices } from '../sql/bisect.ts'
import { type Devices, devicesValue, ofDevices } from './devices.ts'

/** Readings of these devices whose day is folded, as parameters select them: `$1` devices, `$2` and `$3` days. */
const foldedReadings = (devices: Devices) => `
  SELECT d.device_id AS "deviceId", d.channel, d.day - date '1970-01-01' AS day, d.first::float8 AS first, d.at,
    coalesce(d.step::float8[], d.wide_step::float8[]) AS step, coalesce(d.delay::float8[], d.wide_delay::float8[]) AS delay,
    d.quality::text[] AS quality, d.message_id::text[] AS "messageIds"
  FROM reading_day d
  WHERE ${ofDevices('d.device_id', devices)} AND d.channel = ANY('{A,B,C}') AND d.day BETWEEN $2::date AND $3::date`

interface DayColumns {
  readonly deviceId: string
  readonly channel: Channel
  readonly day: number
  readonly first: number
  readonly at: readonly number[]
  readonly step: readonly number[]
  readonly delay: readonly number[]
  readonly quality: readonly Quality[] | null
  readonly messageIds: readonly string[]
}

const dayMs = 86_400_000

const readingsOfRow = (row: DayColumns): Reading[] =>
  row.at.map((at, i) => {
    const readAtMs = row.day * dayMs + at
    return {
      deviceId: row.deviceId,
      channel: row.channel,
      readAtMs,
      receivedAtMs: readAtMs + (row.delay[i] ?? 0),
      index: row.first + (row.step[i] ?? 0),
      quality: row.quality?.[i] ?? 'measured',
      messageId: row.messageIds[i] ?? '',
    }
  })

/** Milliseconds since 1970; both ends belong to it. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** No day of any reading lies outside. */
export const always: Span = { fromMs: Date.UTC(1, 0, 1), toMs: Date.UTC(9_999, 11, 31) }

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** The readings that stand in rows of their day. */
export const readingsOfDays = async (
  database: Pick<pg.ClientBase, 'query'>,
  devices: Devices,
  { fromMs, toMs }: Span,
): Promise<Reading[]> => {
  const { rows } = await database.query<DayColumns>(foldedReadings(devices), [
    devicesValue(devices),
    dayOf(fromMs),
    dayOf(toMs),
  ])
  return rows.flatMap(readingsOfRow)
}

const isNarrow = (differences: string) => `max(abs(${differences})) < 2147483648`

/**
 * Makes rows of days of readings, which come sorted by device, channel and instant. Differences are four bytes each; a row
 * that they do not fit into has eight.
 */
const makeDays = `
  INSERT INTO reading_day
    (device_id, channel, day, first, at, step, wide_step, delay, wide_delay, quality, message_id)
  SELECT device_id, channel, day, first, at,
    CASE WHEN short_steps THEN step::integer[] END, CASE WHEN NOT short_steps THEN step END,
    CASE WHEN short_delays THEN delay::integer[] END, CASE WHEN NOT short_delays THEN delay END,
    nullif(quality, array_fill('measured'::reading_quality, ARRAY[cardinality(at)])), message_id
  FROM (
    SELECT device_id, channel, day, min(first) AS first, array_agg(at) AS at, array_agg(index - first) AS step,
      ${isNarrow('index - first')} AS short_steps, array_agg(delay) AS delay, ${isNarrow('delay')} AS short_delays,
      array_agg(quality) AS quality, array_agg(message_id) AS message_id
    FROM (
      SELECT *, first_value(index) OVER (PARTITION BY device_id, channel, day ORDER BY at) AS first
      FROM unnest($1::text[], $2::text[], $3::date[], $4::integer[], $5::bigint[], $6::reading_quality[], $7::bigint[],
        $8::uuid[]) AS t (device_id, channel, day, at, index, quality, delay, message_id)) AS reading
    GROUP BY device_id, channel, day) AS day_row`

/** Whole rows at a time: a day of a channel must not be cut. */
const mostReadings = 5_000

/** What makes a row of a day one. */
export const dayKey = ({ deviceId, channel, readAtMs }: Reading): string =>
  `${deviceId} ${channel} ${Math.floor(readAtMs / dayMs)}`

/** Readings sorted by device, channel and instant, in runs that end with a day. */
const runsOfDays = (readings: readonly Reading[]): (readonly Reading[])[] => {
  const runs: (readonly Reading[])[] = []
  for (let from = 0; from < readings.length; ) {
    let to = Math.min(from + mostReadings, readings.length)
    while (to < readings.length && dayKey(readings[to] as Reading) === dayKey(readings[to - 1] as Reading)) to++
    runs.push(readings.slice(from, to))
    from = to
  }
  return runs
}

/** @param readings sorted by device, channel and instant; no row of their days may be there */
export const writeDays = async (client: pg.ClientBase, readings: readonly Reading[]): Promise<void> => {
  for (const rows of runsOfDays(readings))
    await client.query(makeDays, [
      texts(rows.map(({ deviceId }) => deviceId)),
      texts(rows.map(({ channel }) => channel)),
      words(rows.map(({ readAtMs }) => dayOf(readAtMs))),
      words(rows.map(({ readAtMs }) => String(((readAtMs % dayMs) + dayMs) % dayMs))),
      bigints(rows.map(({ index }) => index)),
      words(rows.map(({ quality }) => quality)),
      bigints(rows.map(({ receivedAtMs, readAtMs }) => receivedAtMs - readAtMs)),
      uuids(rows.map(({ messageId }) => messageId)),
    ])
}

/** Removes rows of days by a reading of each. */
export const dropDays = async (client: pg.ClientBase, readings: readonly Reading[]): Promise<void> => {
  const firsts = [...new Map(readings.map((reading) => [dayKey(reading), reading])).values()]
  for (const rows of slices(firsts))
    await client.query(
      `DELETE FROM reading_day d USING unnest($1::text[], $2::text[], $3::date[]) AS t (device_id, channel, day)
       WHERE (d.device_id, d.channel, d.day) = (t.device_id, t.channel, t.day)`,
      [
        texts(rows.map(({ deviceId }) => deviceId)),
        texts(rows.map(({ channel }) => channel)),
        words(rows.map(({ readAtMs }) => dayOf(readAtMs))),
      ],
    )
}
