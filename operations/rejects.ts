import type pg from 'pg'
import { milliseconds } from '../adapters/postgres/sql/rows.ts'
import { OperationFault } from '../contract/operation-fault.ts'
import type { Lane } from '../core/message/lane.ts'

/** Rejects that nothing has resolved, counted. */
export interface RejectCount {
  readonly lane: Lane
  readonly stage: string
  readonly reason: string
  /** null in the counts by reason, and where the device could not be read. */
  readonly deviceId: string | null
  readonly rejects: number
  readonly devices: number
  readonly firstAtMs: number
  readonly lastAtMs: number
}

const counts = `count(*)::int AS rejects, count(DISTINCT device_id)::int AS devices,
  ${milliseconds('min(at)')} AS "firstAtMs", ${milliseconds('max(at)')} AS "lastAtMs"`

/** Open rejects by reason, and the devices with the most of them. */
export const rejectSummary = async (pool: pg.Pool, { mostDevices }: { mostDevices: number }) => {
  const byReason = await pool.query<RejectCount>(
    `SELECT lane, stage, reason, NULL AS "deviceId", ${counts} FROM reject WHERE resolved_at IS NULL
     GROUP BY lane, stage, reason ORDER BY rejects DESC, lane, stage, reason`,
  )
  const byDevice = await pool.query<RejectCount>(
    `SELECT lane, stage, reason, device_id AS "deviceId", ${counts} FROM reject
     WHERE resolved_at IS NULL AND device_id IS NOT NULL
     GROUP BY lane, stage, reason, device_id ORDER BY rejects DESC, device_id, reason LIMIT $1`,
    [mostDevices],
  )
  return { byReason: byReason.rows, byDevice: byDevice.rows }
}

export interface RejectDetail {
  readonly id: string
  readonly atMs: number
  readonly lane: Lane
  readonly stage: string
  readonly reason: string
  readonly deviceId: string | null
  readonly messageId: string | null
  readonly bytesHex: string
  readonly resolvedAtMs: number | null
}

/** @throws OperationFault where there is none of this id */
export const showReject = async (pool: pg.Pool, { id }: { id: string }): Promise<RejectDetail> => {
  const known = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
  const { rows } = await pool.query<RejectDetail>(
    `SELECT id, ${milliseconds('at')} AS "atMs", lane, stage, reason, device_id AS "deviceId", message_id AS "messageId",
       encode(bytes, 'hex') AS "bytesHex", ${milliseconds('resolved_at')} AS "resolvedAtMs"
     FROM reject WHERE id = $1`,
    [known ? id : null],
  )
  if (!rows[0])
    throw new OperationFault(`There is no reject ${JSON.stringify(id.slice(0, 60))}; GET /v1/rejects lists them.`)
  return rows[0]
}
