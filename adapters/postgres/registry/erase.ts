import type pg from 'pg'
import { OperationFault } from '../../../contract/operation-fault.ts'
import type { Lane } from '../../../core/message/lane.ts'
import { shareClosedDays, waitForClosing } from '../closed-days/lock.ts'
import { inTransaction } from '../sql/transaction.ts'
import { waitForUnderWay } from '../sql/under-way.ts'
import { rowTables } from '../tables/readings.ts'
import { countFlow } from '../write/flow.ts'

/** How many rows of each kind went. */
export interface Erased {
  readonly registrations: number
  readonly messages: number
  readonly readings: number
  readonly events: number
  readonly rejects: number
  /** Of these, rejects that name no device but hold its id in their bytes. */
  readonly rejectsByTheirBytes: number
}

/** Shorter ids stand in any bytes by chance. */
const shortestSearched = 6

/** The spellings in which the id may stand in what a door refused: text, and the digits of an IMEI packed by two. */
const spellingsOf = (deviceId: string): Buffer[] => {
  if (deviceId.length < shortestSearched) return []
  const texts = [deviceId, deviceId.toLowerCase()].map((text) => Buffer.from(text))
  const packed = [`0${deviceId}`, `${deviceId}f`, deviceId, `f${deviceId}`].filter((digits) => digits.length === 16)
  return [...texts, ...(deviceId.length >= 15 ? packed.map((digits) => Buffer.from(digits, 'hex')) : [])]
}

const count = async (client: pg.PoolClient, text: string, values: unknown[]): Promise<number> =>
  (await client.query(text, values)).rowCount ?? 0

const deleteReadings = async (client: pg.PoolClient, deviceId: string): Promise<number> => {
  let count = 0
  for (const table of rowTables)
    count += (await client.query(`DELETE FROM ${table} WHERE device_id = $1`, [deviceId])).rowCount ?? 0
  const { rows } = await client.query<{ readings: number }>(
    'DELETE FROM reading_day WHERE device_id = $1 RETURNING cardinality(at) AS readings',
    [deviceId],
  )
  return rows.reduce((sum, { readings }) => sum + readings, count)
}

/**
 * Removes all that is kept of a device: registrations, raw messages, readings, events, and rejects, also those that
 * hold its id in their bytes alone. What it sends afterwards is that of a new device. What takes long comes first: from
 * the wait on, which is for whoever has loaded its messages already, nobody else counts pulses.
 * @throws OperationFault where nothing is kept of it
 */
export const eraseDevice = (pool: pg.Pool, { deviceId, lane }: { deviceId: string; lane: Lane }): Promise<Erased> =>
  inTransaction(pool, async (client) => {
    const own = [deviceId]
    await waitForClosing(client)
    const gone = await client.query<{ id: string }>('DELETE FROM message WHERE device_id = $1 RETURNING id', own)
    const messageIds = gone.rows.map(({ id }) => id)
    const rejectsByTheirBytes = await count(
      client,
      `DELETE FROM reject WHERE device_id IS NULL AND EXISTS (
         SELECT FROM unnest($1::bytea[]) AS spelling WHERE position(spelling IN bytes) > 0)`,
      [spellingsOf(deviceId)],
    )
    await waitForUnderWay(client)
    await shareClosedDays(client)
    const rejects = await count(client, 'DELETE FROM reject WHERE device_id = $1 OR message_id = ANY($2::uuid[])', [
      deviceId,
      messageIds,
    ])
    const readings = await deleteReadings(client, deviceId)
    const events = await count(client, 'DELETE FROM event WHERE device_id = $1', own)
    await client.query('DELETE FROM decoding WHERE message_id = ANY($1::uuid[])', [messageIds])
    const registrations = await count(client, 'DELETE FROM device WHERE device_id = $1', own)
    // a replay that is on its way goes on without it; its report is one device short
    for (const table of ['device_import', 'replay_device', 'replay_request', 'untimed_device'])
      await client.query(`DELETE FROM ${table} WHERE device_id = $1`, own)
    if (readings > 0) await countFlow(client, lane, { readings: -readings })
    const all = rejects + rejectsByTheirBytes
    const messages = messageIds.length
    if (messages + readings + events + all + registrations === 0)
      throw new OperationFault(`Nothing is kept of device ${deviceId}.`)
    return { registrations, messages, readings, events, rejects: all, rejectsByTheirBytes }
  })
