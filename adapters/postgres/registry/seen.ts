import type pg from 'pg'
import type { UplinkKind } from '../../../core/message/lane.ts'
import type { RegistryStore } from '../../../core/registry/store.ts'
import { milliseconds } from '../sql/rows.ts'

const seen = `
  SELECT b.device_id AS "deviceId", EXISTS (SELECT FROM device d WHERE d.device_id = b.device_id) AS "isRegistered"
  FROM devices_behind($1, $2) AS b`

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
