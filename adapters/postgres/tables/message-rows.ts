import type pg from 'pg'
import { timeOfId, unclockedMs } from '../../../core/message/identity.ts'
import type { UplinkKind } from '../../../core/message/lane.ts'
import type { StoredMessage } from '../../../core/message/message.ts'
import { uuids } from '../sql/arrays.ts'
import { amongIds, milliseconds, runsOfIds } from '../sql/rows.ts'

/** A pool, or the connection of a transaction. */
type Connection = Pick<pg.ClientBase, 'query'>

/** A message, and a registration of its device: all columns of it are null where it has none. */
interface MessageRow {
  id: string
  received_at: number
  seq_number: number
  kind: UplinkKind
  device_id: string
  payload: Buffer
  valid_from: number | null
  valid_to: number | null
  profile: string | null
  sample_period_seconds: number | null
}

/** The instant a message speaks of: without a clock, when it was received. */
const eventMs = ({ id, received_at }: MessageRow): number => (timeOfId(id) === unclockedMs ? received_at : timeOfId(id))

/** When the registration in a row began; null where it had not at the instant of its message. */
const beganMs = (row: MessageRow): number | null =>
  row.valid_from !== null && row.valid_from <= eventMs(row) ? row.valid_from : null

/** One row per message: a device that was registered anew has several, of which the newest that had begun holds. */
const newestRegistrations = (rows: readonly MessageRow[]): MessageRow[] => {
  const newest = new Map<string, MessageRow>()
  for (const row of rows) {
    const known = newest.get(row.id)
    if (!known || (beganMs(row) ?? -Infinity) > (beganMs(known) ?? -Infinity)) newest.set(row.id, row)
  }
  return [...newest.values()]
}

const messageOf = (row: MessageRow): StoredMessage => {
  const isRegistered = beganMs(row) !== null && (row.valid_to === null || row.valid_to > eventMs(row))
  return {
    id: row.id,
    kind: row.kind,
    deviceId: row.device_id,
    seqNumber: row.seq_number,
    receivedAtMs: row.received_at,
    payload: row.payload,
    profile: isRegistered ? row.profile : null,
    samplePeriodSeconds: isRegistered ? row.sample_period_seconds : null,
  }
}

/**
 * The messages that exist among `ids` (sorted), in any order, each with what the registry says of its device at the
 * instant the message speaks of.
 */
export const loadMessages = async (pool: Connection, ids: readonly string[]): Promise<StoredMessage[]> => {
  const messages: StoredMessage[] = []
  for (const run of runsOfIds(ids)) {
    const { rows } = await pool.query<MessageRow>(
      `SELECT m.id, ${milliseconds('m.received_at')} AS received_at, m.seq_number, m.kind, m.device_id, m.payload,
         ${milliseconds('d.valid_from')} AS valid_from, ${milliseconds('d.valid_to')} AS valid_to, d.profile,
         d.sample_period_seconds
       FROM message m LEFT JOIN device d ON d.device_id = m.device_id
       WHERE ${amongIds('m.id', '$1', '$2', '$3')}`,
      [uuids(run), run[0], run.at(-1)],
    )
    messages.push(...newestRegistrations(rows).map(messageOf))
  }
  return messages
}
