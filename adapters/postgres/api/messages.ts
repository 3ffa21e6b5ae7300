import type pg from 'pg'
import type { ApiStore, MessageRow } from '../../../core/api/store.ts'
import { firstIdAt } from '../../../core/message/identity.ts'
import type { UplinkKind } from '../../../core/message/lane.ts'

interface Columns {
  id: string
  received_at: Date
  seq_number: number
  kind: UplinkKind
  device_id: string
  payload_hex: string
  state: MessageRow['state']
}

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const firstId = '00000000-0000-0000-0000-000000000000'

/** By event time. Messages without a clock have none: they come first, and only without `from`. */
export const messages =
  (pool: pg.Pool): ApiStore['messages'] =>
  async ({ fromMs, toMs, after, limit }) => {
    const { rows } = await pool.query<Columns>(
      `SELECT id, received_at, seq_number, kind, device_id, encode(payload, 'hex') AS payload_hex,
         coalesce((SELECT state::text FROM decoding WHERE message_id = message.id),
           CASE WHEN EXISTS (SELECT FROM told t
               WHERE t.hour = id_hour(message.id)
                 AND t.device_id = message.device_id AND t.message_id = message.id)
             OR EXISTS (SELECT FROM told_late t WHERE t.device_id = message.device_id AND t.message_id = message.id)
           THEN 'decoded' ELSE 'pending' END) AS state
       FROM message
       WHERE id >= $1 AND id < $2 AND id > $3
       ORDER BY id LIMIT $4`,
      [
        fromMs === null ? firstId : firstIdAt(fromMs),
        toMs === null ? lastId : firstIdAt(toMs),
        after?.[0] ?? firstId,
        limit,
      ],
    )
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      deviceId: row.device_id,
      seqNumber: row.seq_number,
      receivedAtMs: row.received_at.getTime(),
      payloadHex: row.payload_hex,
      state: row.state,
    }))
  }
