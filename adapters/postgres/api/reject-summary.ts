import type pg from 'pg'
import type { Lane } from '../../../core/message/lane.ts'
import { milliseconds } from '../sql/rows.ts'

/** Open rejects of one lane, stage and reason, and in the counts by device of one device. */
interface RejectCount {
  readonly lane: Lane
  readonly stage: string
  readonly reason: string
  /** null in the counts by reason. */
  readonly deviceId: string | null
  readonly rejects: number
  readonly devices: number
  readonly firstAtMs: number
  readonly lastAtMs: number
}

const counts = `count(*)::int AS rejects, count(DISTINCT device_id)::int AS devices,
  ${milliseconds('min(at)')} AS "firstAtMs", ${milliseconds('max(at)')} AS "lastAtMs"`

/** Open rejects by reason, and the devices that have the most of them. */
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
