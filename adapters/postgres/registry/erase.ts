import type pg from 'pg'
import type { RegistryStore } from '../../../core/registry/store.ts'
import { byteas } from '../sql/arrays.ts'
import { waitForClosing } from '../sql/closing.ts'
import { inTransaction } from '../sql/transaction.ts'
import { waitForUnderWay } from '../sql/under-way.ts'
import { countFlow } from '../tables/flow.ts'
import { rowsOfBefore } from '../told/load.ts'
import { readingsIn } from '../told/write.ts'

const count = async (client: pg.PoolClient, text: string, values: unknown[]): Promise<number> =>
  (await client.query(text, values)).rowCount ?? 0

/** @returns how many readings `GET /v1/flow` counts of the device */
const deleteReadings = async (client: pg.PoolClient, deviceId: string): Promise<number> => {
  let readings = 0
  for (const table of rowsOfBefore)
    readings += await count(client, `DELETE FROM ${table} WHERE device_id = $1`, [deviceId])
  for (const table of ['told', 'told_late']) {
    const { rows } = await client.query<{ told: Buffer }>(`DELETE FROM ${table} WHERE device_id = $1 RETURNING told`, [
      deviceId,
    ])
    readings += rows.reduce((sum, { told }) => sum + readingsIn(told), 0)
  }
  const { rows } = await client.query<{ readings: number }>(
    'DELETE FROM reading_day WHERE device_id = $1 RETURNING cardinality(at) AS readings',
    [deviceId],
  )
  return rows.reduce((sum, { readings }) => sum + readings, readings)
}

/**
 * What takes long comes first: from `waitForUnderWay` on, which waits for batches that have loaded the device's messages,
 * no batch counts pulses until the transaction ends.
 */
export const erase =
  (pool: pg.Pool): RegistryStore['erase'] =>
  ({ deviceId, lane, spellings }) =>
    inTransaction(pool, async (client) => {
      const own = [deviceId]
      await waitForClosing(client)
      const gone = await client.query<{ id: string }>('DELETE FROM message WHERE device_id = $1 RETURNING id', own)
      const messageIds = gone.rows.map(({ id }) => id)
      const rejectsByTheirBytes = await count(
        client,
        `DELETE FROM reject WHERE device_id IS NULL AND EXISTS (
           SELECT FROM unnest($1::bytea[]) AS spelling WHERE position(spelling IN bytes) > 0)`,
        [byteas(spellings)],
      )
      await waitForUnderWay(client)
      const rejects = await count(client, 'DELETE FROM reject WHERE device_id = $1 OR message_id = ANY($2::uuid[])', [
        deviceId,
        messageIds,
      ])
      const readings = await deleteReadings(client, deviceId)
      const events = await count(client, 'DELETE FROM event WHERE device_id = $1', own)
      await client.query('DELETE FROM decoding WHERE message_id = ANY($1::uuid[])', [messageIds])
      const registrations = await count(client, 'DELETE FROM device WHERE device_id = $1', own)
      // a replay that is under way goes on without the device; its report is one device short
      for (const table of ['device_import', 'replay_device', 'replay_request'])
        await client.query(`DELETE FROM ${table} WHERE device_id = $1`, own)
      if (readings > 0) await countFlow(client, lane, { readings: -readings })
      return {
        registrations,
        messages: messageIds.length,
        readings,
        events,
        rejects: rejects + rejectsByTheirBytes,
        rejectsByTheirBytes,
      }
    })
