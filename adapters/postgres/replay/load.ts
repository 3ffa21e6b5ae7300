import type pg from 'pg'
import type { RejectReason } from '../../../core/message/rejects.ts'
import type { MeterEvent } from '../../../core/readings/events.ts'
import type { Reading } from '../../../core/readings/reading.ts'
import type { Kept, MessageState } from '../../../core/replay/difference.ts'
import { milliseconds } from '../sql/rows.ts'
import { loadMessages } from '../write/message-rows.ts'

const readings = `
  SELECT device_id AS "deviceId", channel, ${milliseconds('read_at')} AS "readAtMs", index::float8 AS index, quality,
    ${milliseconds('received_at')} AS "receivedAtMs", message_id AS "messageId"
  FROM reading WHERE device_id = ANY($1)`

const events = `
  SELECT device_id AS "deviceId", ${milliseconds('at')} AS "atMs", kind, channel, value::float8 AS value,
    message_id AS "messageId"
  FROM event WHERE device_id = ANY($1)`

// a message that was missing has no device in its reject
const openRejects = `
  SELECT id, message_id AS "messageId", reason FROM reject
  WHERE device_id = ANY($1) AND stage = 'pulse' AND resolved_at IS NULL AND message_id IS NOT NULL
  UNION
  SELECT r.id, r.message_id, r.reason FROM reject r JOIN message m ON m.id = r.message_id
  WHERE r.reason = 'message_missing' AND r.resolved_at IS NULL AND m.device_id = ANY($1)`

const states = `
  SELECT m.id, d.state FROM message m LEFT JOIN decoding d ON d.message_id = m.id WHERE m.device_id = ANY($1)
  ORDER BY m.id`

const horizon = `SELECT ${milliseconds('before')} AS "horizonMs" FROM raw_horizon`

/** All that is kept of some devices, on a connection of its own or within a transaction. */
export const loadKept = async (client: pg.PoolClient, deviceIds: readonly string[]): Promise<Kept> => {
  const parameters = [deviceIds]
  const found = await client.query<{ id: string; state: MessageState | null }>(states, parameters)
  const messages = await loadMessages(
    client,
    found.rows.map(({ id }) => id),
  )
  const kept = await client.query<Reading>(readings, parameters)
  const told = await client.query<MeterEvent>(events, parameters)
  const open = await client.query<{ id: string; messageId: string; reason: RejectReason }>(openRejects, parameters)
  const limit = await client.query<{ horizonMs: number }>(horizon)
  return {
    messages,
    states: new Map(found.rows.flatMap(({ id, state }) => (state === null ? [] : [[id, state] as const]))),
    readings: kept.rows,
    events: told.rows,
    openRejects: open.rows,
    horizonMs: limit.rows[0]?.horizonMs ?? Number.NEGATIVE_INFINITY,
  }
}
