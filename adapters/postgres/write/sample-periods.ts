import type pg from 'pg'
import type { MeterEvent } from '../../../core/readings/events.ts'
import { channels } from '../../../core/readings/reading.ts'
import { instants, texts } from '../sql/arrays.ts'
import { milliseconds } from '../sql/rows.ts'
import { settle } from '../sql/under-way.ts'
import { rowTables } from '../tables/readings.ts'

/** Notes devices, each once in its life. */
export const noteUntimed = async (client: pg.ClientBase, deviceIds: readonly string[]): Promise<void> => {
  await client.query(
    `INSERT INTO untimed_device (device_id) SELECT * FROM unnest($1::text[]) AS t (device_id) ORDER BY device_id
     ON CONFLICT DO NOTHING`,
    [texts([...deviceIds].sort())],
  )
}

/** The sample periods that the devices have told. */
export const samplePeriods = async (client: pg.ClientBase, deviceIds: readonly string[]): Promise<MeterEvent[]> => {
  const { rows } = await client.query<MeterEvent>(
    `SELECT device_id AS "deviceId", ${milliseconds('at')} AS "atMs", kind, channel, value::float8 AS value,
       message_id AS "messageId"
     FROM event WHERE device_id = ANY($1) AND kind = 'sample_period'`,
    [deviceIds],
  )
  return rows
}

const isIn = (table: string) => `EXISTS (SELECT FROM ${table} r
  WHERE r.device_id = u.device_id AND r.channel = ANY($3::text[]) AND r.read_at >= t.at)`

/**
 * Which of these devices have a reading from the instant on, and histories that are timed by what they tell. A history
 * is timed by the period in force at its newest reading, so those before the instant are as they were.
 */
export const timedOtherwise = async (
  pool: pg.Pool,
  since: readonly { readonly deviceId: string; readonly atMs: number }[],
): Promise<string[]> => {
  // whoever has not seen the new period yet shall have left its readings
  await settle(pool)
  const { rows } = await pool.query<{ device_id: string }>(
    `SELECT DISTINCT u.device_id FROM unnest($1::text[], $2::timestamptz[]) AS t (device_id, at)
     JOIN untimed_device u USING (device_id)
     WHERE ${rowTables.map(isIn).join(' OR ')}
       OR EXISTS (SELECT FROM reading_day d, unfolded(d) AS r
         WHERE d.device_id = u.device_id AND d.channel = ANY($3::text[])
           AND d.day >= (t.at AT TIME ZONE 'UTC')::date AND r.read_at >= t.at)`,
    [texts(since.map(({ deviceId }) => deviceId)), instants(since.map(({ atMs }) => atMs)), channels],
  )
  return rows.map(({ device_id }) => device_id)
}
