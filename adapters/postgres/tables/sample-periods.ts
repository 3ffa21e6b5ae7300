import type pg from 'pg'
import type { MeterEvent } from '../../../core/readings/events.ts'
import { milliseconds } from '../sql/rows.ts'

/** The sample periods that the devices have told. */
export const samplePeriods = async (
  database: Pick<pg.ClientBase, 'query'>,
  deviceIds: readonly string[],
): Promise<MeterEvent[]> => {
  const { rows } = await database.query<MeterEvent>(
    `SELECT device_id AS "deviceId", ${milliseconds('at')} AS "atMs", kind, channel, value::float8 AS value,
       message_id AS "messageId"
     FROM event WHERE device_id = ANY($1) AND kind = 'sample_period'`,
    [deviceIds],
  )
  return rows
}
