import type pg from 'pg'
import { byEventKey, eventKey, type MeterEvent } from '../../../core/readings/events.ts'
import { bigints, instants, texts, uuids } from '../sql/arrays.ts'
import { slices } from '../sql/bisect.ts'
import { columnsOf } from '../sql/rows.ts'

/** The keys of events as parameters. */
const eventKeys = (rows: readonly MeterEvent[]) => [
  texts(rows.map((row) => row.deviceId)),
  instants(rows.map((row) => row.atMs)),
  texts(rows.map((row) => row.kind)),
  texts(rows.map((row) => row.channel)),
  bigints(rows.map((row) => row.value)),
]

/** SQL for them as a source of rows, `t`. */
const eventKeyRows = `unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::bigint[]) AS t (device_id, at, kind, channel, value)`

/** Writes events, each once; of several messages that tell the same, the smallest id is named. */
export const writeEvents = async (client: pg.PoolClient, events: readonly MeterEvent[]): Promise<void> => {
  const unique = new Map<string, MeterEvent>()
  for (const event of events) {
    const known = unique.get(eventKey(event))
    if (!known || (event.messageId ?? '') < (known.messageId ?? '')) unique.set(eventKey(event), event)
  }
  for (const rows of slices([...unique.values()].sort(byEventKey)))
    await client.query(
      `INSERT INTO event AS e (device_id, at, kind, channel, value, message_id)
       SELECT ${columnsOf(['text', 'timestamptz', 'text', 'text', 'bigint', 'uuid'])}
       ON CONFLICT (device_id, at, kind, channel, value) DO UPDATE SET message_id = excluded.message_id
         WHERE excluded.message_id < e.message_id`,
      [...eventKeys(rows), uuids(rows.map((row) => row.messageId))],
    )
}

/** Removes events that these messages left later than they were received. */
export const dropEventsAfter = async (
  client: pg.ClientBase,
  messages: readonly { readonly deviceId: string; readonly messageId: string; readonly receivedAtMs: number }[],
): Promise<void> => {
  await client.query(
    `WITH gone AS (
       SELECT e.device_id, e.at, e.kind, e.channel, e.value
       FROM unnest($1::text[], $2::timestamptz[], $3::uuid[]) AS t (device_id, received_at, message_id)
       JOIN event e ON e.device_id = t.device_id AND e.at > t.received_at AND e.message_id = t.message_id
       ORDER BY e.device_id, e.at, e.kind, e.channel, e.value FOR UPDATE OF e
     )
     DELETE FROM event e USING gone g
     WHERE (e.device_id, e.at, e.kind, e.channel, e.value) = (g.device_id, g.at, g.kind, g.channel, g.value)`,
    [
      texts(messages.map(({ deviceId }) => deviceId)),
      instants(messages.map(({ receivedAtMs }) => receivedAtMs)),
      uuids(messages.map(({ messageId }) => messageId)),
    ],
  )
}

/** Removes events by their keys. */
export const dropEvents = async (client: pg.PoolClient, events: readonly MeterEvent[]): Promise<void> => {
  for (const rows of slices(events.toSorted(byEventKey)))
    await client.query(
      `WITH gone AS (
         SELECT e.device_id, e.at, e.kind, e.channel, e.value
         FROM ${eventKeyRows}
         JOIN event e ON e.device_id = t.device_id AND e.at = t.at AND e.kind = t.kind
           AND e.channel = t.channel AND e.value = t.value
         ORDER BY e.device_id, e.at, e.kind, e.channel, e.value FOR UPDATE OF e
       )
       DELETE FROM event e USING gone g
       WHERE (e.device_id, e.at, e.kind, e.channel, e.value) = (g.device_id, g.at, g.kind, g.channel, g.value)`,
      eventKeys(rows),
    )
}
