import type pg from 'pg'
import type { ApiStore, RejectRow } from '../../../core/api/store.ts'
import type { Lane } from '../../../core/message/lane.ts'
import { beyond, lowest } from './columns.ts'

interface Columns {
  id: string
  at: Date
  lane: Lane
  stage: string
  reason: string
  device_id: string | null
  message_id: string | null
  bytes_hex: string
  resolved_at: Date | null
}

const columns = `id, at, lane, stage, reason, device_id, message_id, encode(bytes, 'hex') AS bytes_hex, resolved_at`

const toReject = (row: Columns): RejectRow => ({
  id: row.id,
  atMs: row.at.getTime(),
  lane: row.lane,
  stage: row.stage,
  reason: row.reason,
  deviceId: row.device_id,
  messageId: row.message_id,
  bytesHex: row.bytes_hex,
  resolvedAtMs: row.resolved_at?.getTime() ?? null,
})

const nil = '00000000-0000-0000-0000-000000000000'

/** The body of a callback can have 256 KB, so the list is cut in the database: it fetches no more than can be sent. */
export const rejects =
  (pool: pg.Pool): ApiStore['rejects'] =>
  async ({ fromMs, toMs, after, limit, mostBytes, deviceId, reason, stage, unresolved }) => {
    const [afterMs = null, id = nil] = (after ?? []) as [number?, string?]
    const { rows } = await pool.query<Columns>(
      `SELECT ${columns} FROM (
         SELECT *, sum(octet_length(bytes)) OVER (ORDER BY at, id) - octet_length(bytes) AS bytes_before FROM (
           SELECT * FROM reject
           WHERE at >= $1 AND at < $2 AND (at, id) > ($3::timestamptz, $4::uuid)
             AND ($7::text IS NULL OR device_id = $7) AND ($8::text IS NULL OR reason = $8)
             AND ($9::text IS NULL OR stage = $9) AND ($10::boolean IS NULL OR (resolved_at IS NULL) = $10)
           ORDER BY at, id LIMIT $5) AS page) AS measured
       WHERE bytes_before <= $6
       ORDER BY at, id`,
      [lowest(fromMs), beyond(toMs), lowest(afterMs), id, limit, mostBytes, deviceId, reason, stage, unresolved],
    )
    return rows.map(toReject)
  }

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The reject with this id; null if there is none. */
export const findReject = async (pool: pg.Pool, id: string): Promise<RejectRow | null> => {
  if (!uuid.test(id)) return null
  const { rows } = await pool.query<Columns>(`SELECT ${columns} FROM reject WHERE id = $1`, [id])
  return rows[0] ? toReject(rows[0]) : null
}
