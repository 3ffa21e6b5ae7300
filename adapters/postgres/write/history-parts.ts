import type pg from 'pg'
import type { DeviceSpan } from '../../../core/ingest/reading-store.ts'
import type { MessageId } from '../../../core/message/identity.ts'
import { instants, texts } from '../sql/arrays.ts'

/** The messages that left a part of a history within one of the spans: raw messages of today have no index by device. */
export const historyParts = async (client: pg.ClientBase, spans: readonly DeviceSpan[]): Promise<MessageId[]> => {
  const { rows } = await client.query<{ id: MessageId }>(
    `SELECT DISTINCT e.message_id AS id
     FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS t (device_id, from_at, to_at)
     JOIN event e ON e.device_id = t.device_id AND e.at BETWEEN t.from_at AND t.to_at AND e.kind = 'history_fragment'`,
    [
      texts(spans.map(({ deviceId }) => deviceId)),
      instants(spans.map(({ fromMs }) => fromMs)),
      instants(spans.map(({ toMs }) => toMs)),
    ],
  )
  return rows.map(({ id }) => id)
}
