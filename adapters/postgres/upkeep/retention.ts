import type pg from 'pg'
import type { Lane } from '../../../core/message/lane.ts'
import { lanes } from '../../../core/message/lane.ts'
import { tryClosing } from '../sql/closing.ts'
import { inTransaction } from '../sql/transaction.ts'
import { laneOfDevice } from '../tables/devices.ts'
import { countFlow } from '../tables/flow.ts'
import { dropPartition, partitionsBefore } from '../tables/partitions.ts'

const dayMs = 86_400_000

/** Few enough that their locks do not hold up other transactions. */
const rowsAtOnce = 5_000
const devicesAtOnce = 200

/** The first instant that is kept: a midnight in UTC. */
const horizonOf = (days: number, nowMs: number) => new Date(Math.floor(nowMs / dayMs) * dayMs - days * dayMs)

/**
 * Drops the days of raw messages before today minus `days`. Must not run in a transaction.
 * @returns the number of days dropped
 */
export const dropOldDays = async (client: pg.ClientBase, days: number, nowMs = Date.now()): Promise<number> => {
  const horizon = horizonOf(days, nowMs)
  const partitions = await partitionsBefore(client, ['message', 'decoding'], horizon)
  // from now on a replay knows that readings from before cannot be decoded again
  await client.query('UPDATE raw_horizon SET before = $1 WHERE before < $1', [horizon.toISOString()])
  for (const partition of partitions) await dropPartition(client, partition)
  return partitions.filter(({ name }) => name.startsWith('message')).length
}

/** Repeats `remove` until it removes less than a full batch. @returns the number of rows removed */
const inBatches = async (remove: () => Promise<number>): Promise<number> => {
  for (let removed = 0; ; ) {
    const now = await remove()
    removed += now
    if (now < rowsAtOnce) return removed
  }
}

/** Deletes rejects, and messages without a clock, from before today minus `days`. @returns the number of each */
export const deleteOldUndated = async (client: pg.ClientBase, days: number, nowMs = Date.now()) => {
  const values = [horizonOf(days, nowMs).toISOString(), rowsAtOnce]
  const messages = await inBatches(async () => {
    const { rowCount } = await client.query(
      `WITH old AS (SELECT id FROM message_unclocked WHERE received_at < $1 ORDER BY received_at LIMIT $2),
         states AS (DELETE FROM decoding_unclocked WHERE message_id IN (SELECT id FROM old))
       DELETE FROM message_unclocked WHERE id IN (SELECT id FROM old)`,
      values,
    )
    return rowCount ?? 0
  })
  const rejects = await inBatches(async () => {
    const { rowCount } = await client.query(
      'DELETE FROM reject WHERE id IN (SELECT id FROM reject WHERE at < $1 ORDER BY at LIMIT $2)',
      values,
    )
    return rowCount ?? 0
  })
  return { messages, rejects }
}

const nextDevices = 'SELECT d.device_id FROM retention_round r, devices_behind(r.device_id, $1) AS d'

const deleteFrom = (table: string, isOld: string, count: string) => `
  DELETE FROM ${table} r USING unnest($1::text[]) AS d (device_id), unnest('{A,B,C}'::text[]) AS c (channel)
  WHERE r.device_id = d.device_id AND r.channel = c.channel AND r.${isOld}
  RETURNING ${laneOfDevice('r.device_id')} AS lane, ${count} AS count`

const deleteReadings = `
  WITH open AS (${deleteFrom('reading_open', 'read_at < $2', '1')}),
    late AS (${deleteFrom('reading_late', 'read_at < $2', '1')}),
    folded AS (${deleteFrom('reading_day', `day < ($2::timestamptz AT TIME ZONE 'UTC')::date`, 'cardinality(r.at)')})
  SELECT lane, sum(count)::int AS count
  FROM (SELECT * FROM open UNION ALL SELECT * FROM late UNION ALL SELECT * FROM folded) AS gone GROUP BY lane`

/** A sample period is kept: it holds until the device sends another, which may be never. */
const deleteEvents = `
  DELETE FROM event e USING unnest($1::text[]) AS d (device_id)
  WHERE e.device_id = d.device_id AND e.at < $2 AND e.kind <> 'sample_period'`

const deletePage = (pool: pg.Pool, horizon: Date) =>
  inTransaction(pool, async (client) => {
    // while a day is being closed, deleted readings would come back
    if (!(await tryClosing(client))) return { readings: 0, events: 0, isEnd: true }
    const { rows } = await client.query<{ device_id: string }>(nextDevices, [devicesAtOnce])
    const values = [rows.map(({ device_id }) => device_id), horizon.toISOString()]
    const gone = await client.query<{ lane: Lane; count: number }>(deleteReadings, values)
    const events = await client.query(deleteEvents, values)
    const isEnd = rows.length < devicesAtOnce
    await client.query('UPDATE retention_round SET device_id = $1', [isEnd ? '' : rows.at(-1)?.device_id])
    const byLane = new Map(gone.rows.map(({ lane, count }) => [lane, count]))
    for (const lane of lanes)
      if (byLane.has(lane)) await countFlow(client, lane, { readings: -(byLane.get(lane) ?? 0) })
    const readings = gone.rows.reduce((sum, { count }) => sum + count, 0)
    return { readings, events: events.rowCount ?? 0, isEnd }
  })

/**
 * Deletes readings and events from before today minus `days`, device by device, for at most `budgetMs`. The next call
 * continues where this one stopped.
 * @returns the number of each
 */
export const deleteOldReadings = async (pool: pg.Pool, days: number, budgetMs: number, nowMs = Date.now()) => {
  const endMs = Date.now() + budgetMs
  const horizon = horizonOf(days, nowMs)
  let [readings, events] = [0, 0]
  for (;;) {
    const page = await deletePage(pool, horizon)
    readings += page.readings
    events += page.events
    if (page.isEnd || Date.now() > endMs) return { readings, events }
  }
}
