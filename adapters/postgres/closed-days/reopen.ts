import type pg from 'pg'
import type { Reading } from '../../../core/readings/reading.ts'
import { readingColumns } from '../tables/readings.ts'
import { shareClosedDays } from './lock.ts'

const dayOf = (instant: string) => `(${instant} AT TIME ZONE 'UTC')::date`
const midnight = (day: string) => `(${day})::timestamp AT TIME ZONE 'UTC'`

/**
 * Makes rows of `reading_late` of all readings of some days, so that they can be merged, locked and deleted like any.
 * Within `shareClosedDays`.
 * @param slots SQL with `device_id`, `channel` and `read_at`
 */
export const reopen = (client: pg.ClientBase, slots: string, values: unknown[]) =>
  client.query(
    `WITH day AS MATERIALIZED (SELECT DISTINCT device_id, channel, ${dayOf('read_at')} AS day FROM (${slots}) AS slot),
       folded AS (
         DELETE FROM reading_day d USING day t WHERE (d.device_id, d.channel, d.day) = (t.device_id, t.channel, t.day)
         RETURNING d AS row),
       frozen AS (
         DELETE FROM reading_open r USING day t
         WHERE r.device_id = t.device_id AND r.channel = t.channel
           AND r.read_at >= ${midnight('t.day')} AND r.read_at < ${midnight('t.day + 1')}
           AND r.read_at < (SELECT before FROM closed_days)
         RETURNING r.*),
       noted AS (
         INSERT INTO reopened_day (day, channel, device_id)
         SELECT DISTINCT ${dayOf('read_at')}, channel, device_id FROM frozen ON CONFLICT DO NOTHING)
     INSERT INTO reading_late SELECT r.* FROM folded, unfolded(folded.row) AS r UNION ALL SELECT * FROM frozen`,
    values,
  )

/** Locks the rows of closed days, and finds the readings that do not change what stands there, and what that is. */
const unchanged = (improves: string) => `
  WITH came AS MATERIALIZED (
    SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::reading_quality[], $6::timestamptz[],
      $7::uuid[]) WITH ORDINALITY AS t (device_id, channel, read_at, index, quality, received_at, message_id, n)),
    held AS MATERIALIZED (
      SELECT d AS row, d.device_id, d.channel, d.day
      FROM reading_day d JOIN (SELECT DISTINCT device_id, channel, ${dayOf('read_at')} AS day FROM came) AS t
        USING (device_id, channel, day)
      ORDER BY d.device_id, d.channel, d.day FOR UPDATE OF d)
  SELECT excluded.n::int, r.index FROM came AS excluded JOIN held
      ON (held.device_id, held.channel, held.day) = (excluded.device_id, excluded.channel, ${dayOf('excluded.read_at')}),
    unfolded(held.row) AS r
  WHERE r.read_at = excluded.read_at AND NOT (${improves})`

const slots = 'SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS t (device_id, channel, read_at)'

/**
 * Opens the days again to which readings of days that are over have something to add. Until the transaction ends,
 * nobody closes them.
 * @param improves SQL: whether a reading `excluded` changes a reading `r` at its key
 * @returns the readings that change something, and for the others the index that stands there
 */
export const reopenFor = async (client: pg.ClientBase, readings: readonly Reading[], improves: string) => {
  await shareClosedDays(client)
  const { rows } = await client.query<{ n: number; index: string }>(unchanged(improves), readingColumns(readings))
  const heldAt = new Map(rows.map(({ n, index }) => [n - 1, index]))
  const news = readings.filter((_, n) => !heldAt.has(n))
  if (news.length > 0) await reopen(client, slots, readingColumns(news).slice(0, 3))
  const held = readings.flatMap((reading, n) => {
    const index = heldAt.get(n)
    return index === undefined ? [] : [{ reading, index }]
  })
  return { news, held }
}
