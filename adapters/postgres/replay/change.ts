import type pg from 'pg'
import { timeOfId } from '../../../core/message/identity.ts'
import type { Lane } from '../../../core/message/lane.ts'
import type { Message } from '../../../core/message/message.ts'
import type { Difference } from '../../../core/replay/difference.ts'
import type { Decoding } from '../../../core/told/decoding.ts'
import { texts, uuids } from '../sql/arrays.ts'
import { slices } from '../sql/bisect.ts'
import { closedDaysBefore } from '../sql/closing.ts'
import { dropEvents, writeEvents } from '../tables/events.ts'
import { countFlow } from '../tables/flow.ts'
import { writeRejects } from '../tables/rejects.ts'
import { dropDays, writeDays } from '../told/day-rows.ts'
import { rowsOfBefore } from '../told/load.ts'
import { readingsIn, rowOf, writeLate, writeTold } from '../told/write.ts'
import { dropStates, setStates } from '../write/decodings.ts'

/** Removes rows of messages that are not decoded any more. @returns how many of open days there were, and their readings */
const dropRows = async (client: pg.ClientBase, messages: readonly Message[]) => {
  let [open, readings] = [0, 0]
  for (const rows of slices(messages))
    for (const table of ['told', 'told_late']) {
      const gone = await client.query<{ told: Buffer }>(
        `DELETE FROM ${table} t USING unnest($1::text[], $2::uuid[]) AS m (device_id, message_id)
         WHERE (t.device_id, t.message_id) = (m.device_id, m.message_id) RETURNING t.told`,
        [texts(rows.map(({ deviceId }) => deviceId)), uuids(rows.map(({ id }) => id))],
      )
      if (table === 'told') open += gone.rows.length
      readings += gone.rows.reduce((sum, { told }) => sum + readingsIn(told), 0)
    }
  return { open, readings }
}

/** Readings that workers of before wrote one by one. @returns how many there were */
const dropOfBefore = async (client: pg.ClientBase, deviceIds: readonly string[]): Promise<number> => {
  let readings = 0
  for (const table of rowsOfBefore) {
    const { rowCount } = await client.query(
      `DELETE FROM ${table} WHERE device_id = ANY($1::text[]) AND channel = ANY('{A,B,C}')`,
      [deviceIds],
    )
    readings += rowCount ?? 0
  }
  return readings
}

const resolveRejects = async (client: pg.ClientBase, ids: readonly string[]): Promise<void> => {
  for (const rows of slices([...ids].sort()))
    await client.query('UPDATE reject SET resolved_at = now() WHERE id = ANY($1) AND resolved_at IS NULL', [
      uuids(rows),
    ])
}

type Rows = readonly (Decoding & { readonly told: Uint8Array })[]

/** Writes rows where those of their messages are: of a day that is not folded yet, or late. */
const writeRows = async (client: pg.ClientBase, rows: Rows) => {
  if (rows.length === 0) return { open: 0, readings: 0 }
  const closedBeforeMs = await closedDaysBefore(client)
  const late = rows.filter(({ message }) => timeOfId(message.id) < closedBeforeMs)
  const found = await client.query<{ message_id: string }>(
    'SELECT message_id FROM told WHERE device_id = ANY($1::text[]) AND message_id = ANY($2)',
    [late.map(({ message }) => message.deviceId), uuids(late.map(({ message }) => message.id))],
  )
  const unfolded = new Set(late.length === 0 ? [] : found.rows.map(({ message_id }) => message_id))
  const isLate = ({ message }: Rows[number]) => timeOfId(message.id) < closedBeforeMs && !unfolded.has(message.id)
  const open = await writeTold(client, rows.filter((row) => !isLate(row)).map(rowOf), false)
  const came = await writeLate(client, rows.filter(isLate).map(rowOf))
  return { open: open.added.size, readings: open.readings + came.readings }
}

/** A message that has a row of an open day needs no state beside it. */
const writeStates = async (client: pg.ClientBase, states: Difference['states']) => {
  const closedBeforeMs = await closedDaysBefore(client)
  const hasRow = ({ message, now }: Difference['states'][number]) =>
    now === 'decoded' && timeOfId(message.id) >= closedBeforeMs
  const set = await setStates(
    client,
    states.filter((one) => !hasRow(one)).map(({ message, now }) => ({ id: message.id, state: now })),
  )
  const dropped = await dropStates(
    client,
    states.filter(hasRow).map(({ message }) => message.id),
  )
  return { decoded: set.decoded + dropped.decoded, rejected: set.rejected + dropped.rejected }
}

/** Makes the difference so, table by table in the order of the pulse step. */
export const applyDifference = async (client: pg.PoolClient, lane: Lane, difference: Difference): Promise<void> => {
  const { rows, rowsToDrop, daysBefore, daysAfter, takenOver, states } = difference
  const written = await writeRows(client, rows as Rows)
  const dropped = rowsToDrop.length > 0 ? await dropRows(client, rowsToDrop) : { open: 0, readings: 0 }
  const ofBefore = takenOver.length > 0 ? await dropOfBefore(client, takenOver) : 0
  if (daysBefore.length > 0) await dropDays(client, daysBefore)
  if (daysAfter.length > 0) await writeDays(client, daysAfter)
  // one whose message is another now goes first: a write alone would keep the smaller id
  await dropEvents(client, difference.eventsToDrop)
  await writeEvents(client, difference.eventsToWrite)
  await writeRejects(client, difference.rejects)
  const counts = await writeStates(client, states)
  await resolveRejects(client, difference.resolved)
  await countFlow(client, lane, {
    pulse_decoded: written.open - dropped.open + counts.decoded,
    pulse_rejected: counts.rejected,
    readings: written.readings - dropped.readings - ofBefore + daysAfter.length - daysBefore.length,
  })
}
