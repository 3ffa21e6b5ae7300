import type pg from 'pg'
import type { MessageId } from '../../../core/message/identity.ts'
import type { RejectReason } from '../../../core/message/rejects.ts'
import type { MeterEvent } from '../../../core/readings/events.ts'
import type { Kept, MessageState } from '../../../core/replay/kept.ts'
import { closedDaysBefore } from '../sql/closing.ts'
import { milliseconds } from '../sql/rows.ts'
import { loadMessages } from '../tables/message-rows.ts'
import { loadIndexes, type RowColumns, rowColumns } from '../told/load.ts'

const events = `
  SELECT device_id AS "deviceId", ${milliseconds('at')} AS "atMs", kind, channel, value::float8 AS value,
    message_id AS "messageId"
  FROM event WHERE device_id = ANY($1)`

// a message that was missing has no device in its reject
const openRejects = `
  SELECT id, message_id AS "messageId", reason, device_id AS "deviceId" FROM reject
  WHERE device_id = ANY($1) AND stage = 'pulse' AND resolved_at IS NULL AND message_id IS NOT NULL
  UNION
  SELECT r.id, r.message_id, r.reason, m.device_id FROM reject r JOIN message m ON m.id = r.message_id
  WHERE r.reason = 'message_missing' AND r.resolved_at IS NULL AND m.device_id = ANY($1)`

const states = `
  SELECT m.id, m.device_id, d.state FROM message m LEFT JOIN decoding d ON d.message_id = m.id
  WHERE m.device_id = ANY($1) ORDER BY m.id`

const packedRows = `
  SELECT ${rowColumns} FROM told WHERE device_id = ANY($1)
  UNION ALL SELECT ${rowColumns} FROM told_late WHERE device_id = ANY($1)`

const horizon = `SELECT ${milliseconds('before')} AS "horizonMs" FROM raw_horizon`

interface OpenReject {
  readonly id: string
  readonly messageId: MessageId
  readonly reason: RejectReason
  readonly deviceId: string
}

/** All that is kept of some devices, within a transaction. */
export const loadKept = async (client: pg.PoolClient, deviceIds: readonly string[]): Promise<Kept> => {
  const parameters = [deviceIds]
  const found = await client.query<{ id: string; device_id: string; state: MessageState | null }>(states, parameters)
  const messages = await loadMessages(
    client,
    found.rows.map(({ id }) => id),
  )
  const packed = await client.query<RowColumns>(packedRows, parameters)
  const indexes = await loadIndexes(client, deviceIds)
  const told = await client.query<MeterEvent>(events, parameters)
  const open = await client.query<OpenReject>(openRejects, parameters)
  const limit = await client.query<{ horizonMs: number }>(horizon)
  const ofDevice = ({ deviceId }: { readonly deviceId: string }) => deviceId
  const messagesOf = Map.groupBy(messages, ofDevice)
  const packedOf = Map.groupBy(packed.rows, ({ device_id }) => device_id)
  const statesOf = Map.groupBy(found.rows, ({ device_id }) => device_id)
  const [eventsOf, rejectsOf] = [Map.groupBy(told.rows, ofDevice), Map.groupBy(open.rows, ofDevice)]
  return {
    devices: deviceIds.map((deviceId) => {
      // of two rows of a message the late one holds, which comes last
      const packed = packedOf.get(deviceId) ?? []
      const rows = new Map(
        packed.map(({ message_id, told, received_at }) => [message_id, { told, receivedAtMs: received_at }]),
      )
      const beside = (statesOf.get(deviceId) ?? []).flatMap(({ id, state }) =>
        state === null ? [] : [[id, state] as const],
      )
      const decoded = [...rows.keys()].map((id) => [id, 'decoded'] as const)
      return {
        deviceId,
        messages: messagesOf.get(deviceId) ?? [],
        states: new Map<MessageId, MessageState>([...decoded, ...beside]),
        rows,
        indexes: indexes.get(deviceId) ?? { open: [], late: [], decided: [], ofBefore: [], periods: [] },
        events: eventsOf.get(deviceId) ?? [],
        openRejects: rejectsOf.get(deviceId) ?? [],
      }
    }),
    horizonMs: limit.rows[0]?.horizonMs ?? Number.NEGATIVE_INFINITY,
    closedBeforeMs: await closedDaysBefore(client),
  }
}
