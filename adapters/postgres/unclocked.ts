import type pg from 'pg'
import type { Decoding } from '../../core/ports.ts'
import { channels } from '../../core/reading.ts'
import { instants, texts, uuids } from './arrays.ts'

const channelRows = channels.map((channel) => `('${channel}')`).join(', ')

/**
 * What a message without a clock left at a later time than it has now. Such a message stands at its receive time; when
 * an earlier copy of it turns up afterwards, its receive time moves back, and what it left behind has to go.
 * @returns how many readings went
 */
export const dropOutlived = async (client: pg.PoolClient, decodings: readonly Decoding[]): Promise<number> => {
  const messages = decodings
    .filter(({ readings }) => readings.some(({ quality }) => quality === 'clock_unset'))
    .map(({ message }) => message)
  if (messages.length === 0) return 0
  const parameters = [
    texts(messages.map(({ deviceId }) => deviceId)),
    instants(messages.map(({ receivedAtMs }) => receivedAtMs)),
    uuids(messages.map(({ id }) => id)),
  ]
  const given = `unnest($1::text[], $2::timestamptz[], $3::uuid[]) AS t (device_id, received_at, message_id)`
  const { rowCount } = await client.query(
    `WITH gone AS (
       SELECT r.device_id, r.channel, r.read_at
       FROM ${given} CROSS JOIN (VALUES ${channelRows}) AS c (channel)
       JOIN reading r ON r.device_id = t.device_id AND r.channel = c.channel AND r.read_at > t.received_at
         AND r.message_id = t.message_id AND r.quality = 'clock_unset'
       ORDER BY r.device_id, r.channel, r.read_at FOR UPDATE OF r
     )
     DELETE FROM reading r USING gone g WHERE (r.device_id, r.channel, r.read_at) = (g.device_id, g.channel, g.read_at)`,
    parameters,
  )
  await client.query(
    `WITH gone AS (
       SELECT e.device_id, e.at, e.kind, e.channel, e.value
       FROM ${given} JOIN event e ON e.device_id = t.device_id AND e.at > t.received_at
         AND e.message_id = t.message_id
       ORDER BY e.device_id, e.at, e.kind, e.channel, e.value FOR UPDATE OF e
     )
     DELETE FROM event e USING gone g
     WHERE (e.device_id, e.at, e.kind, e.channel, e.value) = (g.device_id, g.at, g.kind, g.channel, g.value)`,
    parameters,
  )
  return rowCount ?? 0
}
