import type pg from 'pg'
import { timeOfId, unclockedMs } from '../../core/identity.ts'
import type { StoredMessage } from '../../core/ports.ts'
import type { UplinkKind } from '../../core/uplink.ts'
import { instants, uuids } from './arrays.ts'
import { slices } from './bisect.ts'
import { amongIds, milliseconds } from './rows.ts'

/** A pool, or the connection of a transaction. */
type Connection = Pick<pg.ClientBase, 'query'>

interface MessageRow {
  id: string
  received_at: number
  seq_number: number
  kind: UplinkKind
  device_id: string
  payload: Buffer
  /** Of the registration, null where there is none. */
  valid_from: number | null
  /** Whether it ended before. */
  is_over: boolean | null
  profile: string | null
  sample_period_seconds: number | null
}

/** The instant a message speaks of; null where its receive time stands in for it. */
const eventMs = (id: string): number | null => (timeOfId(id) === unclockedMs ? null : timeOfId(id))

/** One row per message: a device that was registered anew has several, of which the newest that had begun holds. */
const newestRegistrations = (rows: readonly MessageRow[]): MessageRow[] => {
  const newest = new Map<string, MessageRow>()
  for (const row of rows) {
    const known = newest.get(row.id)
    if (!known || (row.valid_from ?? 0) > (known.valid_from ?? 0)) newest.set(row.id, row)
  }
  return [...newest.values()]
}

const loadSlice = async (pool: Connection, ids: readonly string[]): Promise<StoredMessage[]> => {
  const { rows } = await pool.query<MessageRow>(
    `SELECT m.id, ${milliseconds('m.received_at')} AS received_at, m.seq_number, m.kind, m.device_id, m.payload,
       ${milliseconds('d.valid_from')} AS valid_from, d.profile, d.sample_period_seconds,
       d.valid_to <= coalesce(k.at, m.received_at) AS is_over
     FROM unnest($1::uuid[], $2::timestamptz[]) AS k (id, at)
       JOIN message m ON m.id = k.id AND ${amongIds('m.id', '$1', '$3', '$4')}
       LEFT JOIN device d ON d.device_id = m.device_id AND d.valid_from <= coalesce(k.at, m.received_at)`,
    [uuids(ids), instants(ids.map(eventMs)), ids[0], ids.at(-1)],
  )
  return newestRegistrations(rows).map((row) => ({
    id: row.id,
    kind: row.kind,
    deviceId: row.device_id,
    seqNumber: row.seq_number,
    receivedAtMs: row.received_at,
    payload: row.payload,
    profile: row.is_over ? null : row.profile,
    samplePeriodSeconds: row.is_over ? null : row.sample_period_seconds,
  }))
}

/**
 * The messages that exist among `ids` (sorted), each with what the registry says of its device at the instant the
 * message speaks of. Those without a clock lie in a partition far from the others.
 */
export const loadMessages = async (pool: Connection, ids: readonly string[]): Promise<StoredMessage[]> => {
  const split = ids.findIndex((id) => timeOfId(id) !== unclockedMs)
  const firstClocked = split < 0 ? ids.length : split
  const messages: StoredMessage[] = []
  for (const run of [ids.slice(0, firstClocked), ids.slice(firstClocked)])
    for (const slice of slices(run)) messages.push(...(await loadSlice(pool, slice)))
  return messages
}
