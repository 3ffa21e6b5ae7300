import type pg from 'pg'
import type { UplinkKind } from '../../../core/message/lane.ts'
import type { RegistryStore } from '../../../core/registry/store.ts'
import { milliseconds } from '../sql/rows.ts'
import { nextDeviceId } from '../tables/devices.ts'

const seen = `
  WITH RECURSIVE known (device_id, is_registered, n) AS (
    SELECT $1::text COLLATE "C", true, 0
    UNION ALL
    SELECT next.device_id, EXISTS (SELECT FROM device d WHERE d.device_id = next.device_id), known.n + 1
    FROM known, LATERAL (
      SELECT ${nextDeviceId('known.device_id', ['reading_device', 'event', 'reject'])} AS device_id) AS next
    WHERE next.device_id IS NOT NULL AND known.n < $2
  )
  SELECT device_id AS "deviceId", is_registered AS "isRegistered" FROM known WHERE n > 0 ORDER BY n`

export const seenDevices =
  (pool: pg.Pool): RegistryStore['seenDevices'] =>
  async ({ after, limit }) =>
    (await pool.query<{ deviceId: string; isRegistered: boolean }>(seen, [after, limit])).rows

interface MessageColumns {
  id: string
  kind: UplinkKind
  deviceId: string
  seqNumber: number
  receivedAtMs: number
  payload: Buffer
}

export const messagesOf =
  (pool: pg.Pool): RegistryStore['messagesOf'] =>
  async (deviceIds) => {
    const { rows } = await pool.query<MessageColumns>(
      `SELECT id, kind, device_id AS "deviceId", seq_number AS "seqNumber",
         ${milliseconds('received_at')} AS "receivedAtMs", payload
       FROM message WHERE device_id = ANY($1)`,
      [deviceIds],
    )
    return rows
  }
