import type pg from 'pg'
import type { Lane } from '../../../core/message/lane.ts'
import { type Difference, slotsOf } from '../../../core/replay/difference.ts'
import { closedBeforeMs, shareClosedDays } from '../closed-days/lock.ts'
import { reopen } from '../closed-days/reopen.ts'
import { instants, texts, uuids, words } from '../sql/arrays.ts'
import { slices } from '../sql/bisect.ts'
import { columnsOf, sortedBy } from '../sql/rows.ts'
import { rowTables } from '../tables/readings.ts'
import { dropEvents, eventKeyRows, eventKeys, writeEvents } from '../write/events.ts'
import { countFlow } from '../write/flow.ts'
import { mergeIntoReadings } from '../write/readings.ts'
import { writeRejects } from '../write/rejects.ts'

type Slot = ReturnType<typeof slotsOf> extends Map<string, infer T> ? T : never

const slotColumns = (rows: readonly Slot[]) => [
  texts(rows.map((row) => row.deviceId)),
  texts(rows.map((row) => row.channel)),
  instants(rows.map((row) => row.readAtMs)),
]

const slotKeys = 'unnest($1::text[], $2::text[], $3::timestamptz[]) AS t (device_id, channel, read_at)'

const slotRows = (table: string) => `
  SELECT r.* FROM ${slotKeys}
  JOIN ${table} r USING (device_id, channel, read_at)
  ORDER BY r.device_id, r.channel, r.read_at FOR UPDATE OF r`

/** Holds the rows of readings and events that `difference` speaks of, until the transaction ends. */
export const lockRows = async (client: pg.PoolClient, difference: Difference): Promise<void> => {
  const slots = sortedBy([...slotsOf(difference)], ([key]) => key).map(([, slot]) => slot)
  const closedMs = await closedBeforeMs(client)
  const late = slots.filter(({ readAtMs }) => readAtMs < closedMs)
  if (late.length > 0) await shareClosedDays(client)
  for (const rows of slices(late)) await reopen(client, `SELECT * FROM ${slotKeys}`, slotColumns(rows))
  for (const table of rowTables)
    for (const rows of slices(slots))
      await client.query(`SELECT count(*) FROM (${slotRows(table)}) AS held`, slotColumns(rows))
  for (const rows of slices(difference.eventsToDrop))
    await client.query(`SELECT count(*) FROM (${eventRows}) AS held`, eventKeys(rows))
}

const eventRows = `
  SELECT e.* FROM ${eventKeyRows}
  JOIN event e USING (device_id, at, kind, channel, value)
  ORDER BY e.device_id, e.at, e.kind, e.channel, e.value FOR UPDATE OF e`

const deleteReadings = async (client: pg.PoolClient, gone: readonly Slot[]): Promise<number> => {
  let count = 0
  for (const table of rowTables)
    for (const rows of slices(gone)) {
      const { rowCount } = await client.query(
        `DELETE FROM ${table} r USING ${slotKeys}
         WHERE (r.device_id, r.channel, r.read_at) = (t.device_id, t.channel, t.read_at)`,
        slotColumns(rows),
      )
      count += rowCount ?? 0
    }
  return count
}

/** Sets states as they are now, in whichever direction. @returns how many more messages are in each */
const setStates = async (client: pg.PoolClient, states: Difference['states']) => {
  const counts = { decoded: 0, rejected: 0 }
  for (const rows of slices(sortedBy(states, ({ message }) => message.id))) {
    const result = await client.query<{ decoded: number; rejected: number }>(
      `WITH written AS (
         INSERT INTO decoding AS d (message_id, state)
         SELECT ${columnsOf(['uuid', 'decoding_state'])}
         ON CONFLICT (message_id) DO UPDATE SET state = excluded.state WHERE excluded.state <> d.state
         RETURNING old.state AS was, new.state AS now
       )
       SELECT (count(*) FILTER (WHERE now = 'decoded') - count(*) FILTER (WHERE was = 'decoded'))::int AS decoded,
         (count(*) FILTER (WHERE now = 'rejected') - count(*) FILTER (WHERE was = 'rejected'))::int AS rejected
       FROM written`,
      [uuids(rows.map(({ message }) => message.id)), words(rows.map(({ now }) => now))],
    )
    counts.decoded += result.rows[0]?.decoded ?? 0
    counts.rejected += result.rows[0]?.rejected ?? 0
  }
  return counts
}

const resolveRejects = async (client: pg.PoolClient, ids: readonly string[]): Promise<void> => {
  for (const rows of slices([...ids].sort()))
    await client.query('UPDATE reject SET resolved_at = now() WHERE id = ANY($1) AND resolved_at IS NULL', [
      uuids(rows),
    ])
}

/** Makes the difference so, table by table in the order of the pulse stage. */
export const applyDifference = async (client: pg.PoolClient, lane: Lane, difference: Difference): Promise<void> => {
  const { added, changed, gone, eventsToWrite, eventsToDrop, rejects, resolved, states } = difference
  await writeRejects(client, rejects)
  const removed = await deleteReadings(client, [...gone, ...changed.map(({ was }) => was)])
  const merged = await mergeIntoReadings(client, [...added, ...changed.map(({ now }) => now)])
  // one whose message is another now goes first: a write alone would keep the smaller id
  await dropEvents(client, eventsToDrop)
  await writeEvents(client, [...eventsToWrite, ...merged.keep])
  await dropEvents(client, merged.drop)
  const counts = await setStates(client, states)
  await resolveRejects(client, resolved)
  await countFlow(client, lane, {
    pulse_decoded: counts.decoded,
    pulse_rejected: counts.rejected,
    readings: merged.added - removed,
  })
}
