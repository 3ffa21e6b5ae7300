import type pg from 'pg'
import type { Decoding } from '../../../core/decode/decoding.ts'
import { timeOfId, unclockedMs } from '../../../core/message/identity.ts'
import { channels, type Reading } from '../../../core/readings/reading.ts'
import { closedBeforeMs, shareClosedDays } from '../closed-days/lock.ts'
import { reopen } from '../closed-days/reopen.ts'
import { instants, texts, uuids } from '../sql/arrays.ts'
import { Overtaken } from '../sql/errors.ts'
import { amongIds, runsById, sortedById } from '../sql/rows.ts'
import { rowTables } from '../tables/readings.ts'
import { withState } from './decodings.ts'

const isToldUnclocked = ({ quality }: Reading): boolean => quality === 'clock_unset'

/** Whether a message stands at its receive time, or something that it tells does. */
const standsAtReceipt = ({ message, readings }: Decoding): boolean =>
  readings.some(isToldUnclocked) || timeOfId(message.id) === unclockedMs

/**
 * What is told without a clock stands at its receive time, which moves back when an earlier copy is stored. Holds the
 * rows of such messages until the commit, so that they cannot move in between.
 * @throws Overtaken where one has moved since it was loaded
 */
export const requireUnmoved = async (client: pg.PoolClient, decodings: readonly Decoding[]): Promise<void> => {
  const loaded = sortedById(decodings.filter(standsAtReceipt).map(({ message }) => message))
  for (const run of runsById(loaded, ({ id }) => id)) {
    const { rowCount } = await client.query(
      `SELECT FROM message m JOIN unnest($1::uuid[], $2::timestamptz[]) AS t (id, received_at) ON m.id = t.id
       WHERE ${amongIds('m.id', '$1', '$3', '$4')} AND m.received_at >= t.received_at ORDER BY m.id FOR SHARE OF m`,
      [uuids(run.map(({ id }) => id)), instants(run.map((m) => m.receivedAtMs)), run[0]?.id, run.at(-1)?.id],
    )
    if (rowCount !== run.length) throw new Overtaken('an earlier copy of a message without a clock came in meanwhile')
  }
}

const given = `unnest($1::text[], $2::timestamptz[], $3::uuid[]) AS t (device_id, received_at, message_id)`

/** SQL for rows of the given devices: like `amongIds`, so that PostgreSQL never thinks of reading the others. */
const ofDevices = (alias: string) => `${alias}.device_id = ANY(ARRAY(SELECT unnest($1::text[])))`

/** SQL for what such messages may have left in `table` later than they were received, as `r`. */
const leftIn = (table: string) => `
  ${given} JOIN ${table} r ON r.device_id = t.device_id AND r.read_at > t.received_at
    AND r.message_id = t.message_id AND r.quality = 'clock_unset'
    AND ${ofDevices('r')} AND r.channel = ANY('{${channels.join()}}')`

/** Opens closed days again that hold what such messages may have left later than they were received. */
const reopenOutlived = async (client: pg.PoolClient, values: unknown[]): Promise<void> => {
  await shareClosedDays(client)
  const held = `
    SELECT r.device_id, r.channel, r.read_at
    FROM ${leftIn('reading')} AND r.read_at < (SELECT before FROM closed_days)`
  await reopen(client, held, values)
}

const dropReadings = async (client: pg.PoolClient, table: string, values: unknown[]): Promise<number> => {
  const { rowCount } = await client.query(
    `WITH gone AS (
       SELECT r.device_id, r.channel, r.read_at
       FROM ${leftIn(table)}
       WHERE NOT EXISTS (
         SELECT FROM unnest($4::uuid[], $5::text[], $6::timestamptz[]) AS own (message_id, channel, read_at)
         WHERE own.message_id = r.message_id AND own.channel = r.channel AND own.read_at = r.read_at
       )
       ORDER BY r.device_id, r.channel, r.read_at FOR UPDATE OF r
     )
     DELETE FROM ${table} r USING gone g WHERE (r.device_id, r.channel, r.read_at) = (g.device_id, g.channel, g.read_at)`,
    values,
  )
  return rowCount ?? 0
}

const dropEventsOf = (client: pg.PoolClient, values: unknown[]) =>
  client.query(
    `WITH gone AS (
       SELECT e.device_id, e.at, e.kind, e.channel, e.value
       FROM ${given} JOIN event e ON e.device_id = t.device_id AND e.at > t.received_at
         AND e.message_id = t.message_id AND ${ofDevices('e')}
       ORDER BY e.device_id, e.at, e.kind, e.channel, e.value FOR UPDATE OF e
     )
     DELETE FROM event e USING gone g
     WHERE (e.device_id, e.at, e.kind, e.channel, e.value) = (g.device_id, g.at, g.kind, g.channel, g.value)`,
    values,
  )

/**
 * What a message without a clock left at a later time than it has now. Such a message stands at its receive time; when
 * an earlier copy of it turns up afterwards, its receive time moves back, and what it left behind has to go. Most come
 * for the first time, and have left nothing.
 * @returns how many readings went
 */
export const dropOutlived = async (client: pg.PoolClient, decodings: readonly Decoding[]): Promise<number> => {
  const all = decodings.filter(standsAtReceipt)
  if (all.length === 0) return 0
  const seen = await withState(
    client,
    all.map(({ message }) => message.id),
  )
  const again = all.flatMap(({ message, readings }) => {
    if (!seen.has(message.id)) return []
    const own = readings.filter(isToldUnclocked)
    return [{ message, own, oldestMs: Math.min(message.receivedAtMs, ...own.map(({ readAtMs }) => readAtMs)) }]
  })
  if (again.length === 0) return 0
  const deviceIds = texts(again.map(({ message }) => message.deviceId))
  const messageIds = uuids(again.map(({ message }) => message.id))
  const left = [deviceIds, instants(again.map(({ oldestMs }) => oldestMs)), messageIds]
  const own = again.flatMap((one) => one.own)
  const kept = [
    uuids(own.map(({ messageId }) => messageId)),
    texts(own.map(({ channel }) => channel)),
    instants(own.map(({ readAtMs }) => readAtMs)),
  ]
  // what they left is later than this: only where this is a closed day can it stand elsewhere than in open ones
  const isLate = Math.min(...again.map(({ oldestMs }) => oldestMs)) < (await closedBeforeMs(client))
  if (isLate) await reopenOutlived(client, left)
  let count = 0
  for (const table of isLate ? rowTables : (['reading_open'] as const))
    count += await dropReadings(client, table, [...left, ...kept])
  await dropEventsOf(client, [deviceIds, instants(again.map(({ message }) => message.receivedAtMs)), messageIds])
  return count
}
