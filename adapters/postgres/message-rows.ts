import type pg from 'pg'
import { timeOfId, unclockedMs } from '../../core/identity.ts'
import type { Message } from '../../core/ports.ts'
import type { UplinkKind } from '../../core/uplink.ts'
import { uuids } from './arrays.ts'
import { slices } from './bisect.ts'
import { milliseconds } from './rows.ts'

interface MessageRow {
  id: string
  received_at: number
  seq_number: number
  kind: UplinkKind
  device_id: string
  payload: Buffer
}

const loadSlice = async (pool: pg.Pool, ids: readonly string[]): Promise<Message[]> => {
  // the bounds let PostgreSQL open the partitions of these days only, instead of all
  const { rows } = await pool.query<MessageRow>(
    `SELECT m.id, ${milliseconds('m.received_at')} AS received_at, m.seq_number, m.kind, m.device_id, m.payload
     FROM unnest($1::uuid[]) AS k (id) JOIN message m ON m.id = k.id AND m.id BETWEEN $2 AND $3`,
    [uuids(ids), ids[0], ids.at(-1)],
  )
  return rows.map(({ id, received_at, seq_number, kind, device_id, payload }) => ({
    id,
    kind,
    deviceId: device_id,
    seqNumber: seq_number,
    receivedAtMs: received_at,
    payload,
  }))
}

/** The messages that exist among `ids` (sorted). Those without a clock lie in a partition far from the others. */
export const loadMessages = async (pool: pg.Pool, ids: readonly string[]): Promise<Message[]> => {
  const split = ids.findIndex((id) => timeOfId(id) !== unclockedMs)
  const firstClocked = split < 0 ? ids.length : split
  const messages: Message[] = []
  for (const run of [ids.slice(0, firstClocked), ids.slice(firstClocked)])
    for (const slice of slices(run)) messages.push(...(await loadSlice(pool, slice)))
  return messages
}
