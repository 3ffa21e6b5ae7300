import type pg from 'pg'
import { timeOfId, unclockedMs } from '../../../core/message/identity.ts'
import type { Decoding } from '../../../core/told/decoding.ts'
import { byteas, instants, texts, uuids, words } from '../sql/arrays.ts'
import { slices } from '../sql/bisect.ts'
import { columnsOf, milliseconds } from '../sql/rows.ts'

/** A decoded message as a row, and the hour (UTC) that its key begins with. */
export interface Row {
  readonly messageId: string
  readonly deviceId: string
  readonly receivedAtMs: number
  readonly hour: number
  readonly told: Uint8Array
}

const hourMs = 3_600_000

export const rowOf = ({ message, told }: Decoding & { readonly told: Uint8Array }): Row => ({
  messageId: message.id,
  deviceId: message.deviceId,
  receivedAtMs: message.receivedAtMs,
  hour: Math.floor(timeOfId(message.id) / hourMs) % 24,
  told,
})

/** How many readings a row decides by itself. */
export const readingsIn = (told: Uint8Array): number => ((told[3] ?? 0) << 8) | (told[4] ?? 0)

export const byKey = (a: Row, b: Row): number =>
  a.hour - b.hour || (a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : a.messageId < b.messageId ? -1 : 1)

type Known = Pick<Row, 'receivedAtMs' | 'told'>

/** The rows that are there already, by the ids of their messages. @param rows of one hour, sorted by key */
const knownOfHour = async (client: pg.ClientBase, rows: readonly Row[], known: Map<string, Known>) => {
  const ids = rows.map(({ messageId }) => messageId).sort()
  const { rows: found } = await client.query<{ message_id: string; received_at: number; told: Buffer }>(
    `SELECT message_id, ${milliseconds('received_at')} AS received_at, told FROM told
     WHERE hour = $1 AND device_id = ANY($2::text[]) AND message_id BETWEEN $3 AND $4`,
    [rows[0]?.hour, texts(rows.map(({ deviceId }) => deviceId)), ids[0], ids.at(-1)],
  )
  for (const { message_id, received_at, told } of found) known.set(message_id, { receivedAtMs: received_at, told })
}

const dayMs = 24 * hourMs

/** Rows sorted by key, in runs of one hour of one day: by their bounds PostgreSQL chooses the partition. */
const runsOfHours = (rows: readonly Row[]): Row[][] => [
  ...Map.groupBy(rows, ({ hour, messageId }) => `${hour} ${Math.floor(timeOfId(messageId) / dayMs)}`).values(),
]

const columns = columnsOf(['smallint', 'text', 'uuid', 'timestamptz', 'bytea'])

/** The parameters of `columns`. */
export const valuesOf = (rows: readonly Row[]) => [
  words(rows.map(({ hour }) => String(hour))),
  texts(rows.map(({ deviceId }) => deviceId)),
  uuids(rows.map(({ messageId }) => messageId)),
  instants(rows.map(({ receivedAtMs }) => receivedAtMs)),
  byteas(rows.map(({ told }) => told)),
]

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** What a row becomes when its message is decoded again, or an earlier copy of it came; null where nothing changes. */
const changeOf = (row: Row, known: Known): Row | null => {
  const receivedAtMs = Math.min(row.receivedAtMs, known.receivedAtMs)
  return receivedAtMs === known.receivedAtMs && isSame(row.told, known.told) ? null : { ...row, receivedAtMs }
}

export interface Written {
  /** Ids of messages that had no row. */
  readonly added: ReadonlySet<string>
  /** How many more readings the rows decide by themselves than before. */
  readonly readings: number
}

/**
 * Writes the rows of messages of open days. It looks first, and inserts what is not there plainly: with ON CONFLICT it took
 * 3.4 µs a row more. A copy that another worker writes at the same time is a lost race.
 * @param isSearching that a row which comes at the same time is left as it is, so that nobody is to blame for it
 */
export const writeTold = async (client: pg.ClientBase, all: readonly Row[], isSearching: boolean): Promise<Written> => {
  const added = new Set<string>()
  let readings = 0
  const sorted = all.toSorted(byKey)
  const known = new Map<string, Known>()
  for (const run of runsOfHours(sorted)) for (const rows of slices(run)) await knownOfHour(client, rows, known)
  const news = known.size === 0 ? sorted : sorted.filter(({ messageId }) => !known.has(messageId))
  for (const rows of slices(news)) {
    await client.query(
      `INSERT INTO told (hour, device_id, message_id, received_at, told) SELECT ${columns}
       ${isSearching ? 'ON CONFLICT DO NOTHING' : ''}`,
      valuesOf(rows),
    )
    for (const { messageId, told } of rows) {
      added.add(messageId)
      readings += readingsIn(told)
    }
  }
  const changed = sorted.flatMap((row) => {
    const before = known.get(row.messageId)
    const change = before ? changeOf(row, before) : null
    if (before && change) readings += readingsIn(change.told) - readingsIn(before.told)
    return change ?? []
  })
  if (changed.length > 0) await changeTold(client, changed)
  return { added, readings }
}

/** Rewrites rows that are there. */
const changeTold = async (client: pg.ClientBase, sorted: readonly Row[]): Promise<void> => {
  for (const rows of slices(sorted))
    await client.query(
      `WITH changed AS (
         SELECT t.hour, t.device_id, t.message_id, c.received_at, c.told
         FROM unnest($1::smallint[], $2::text[], $3::uuid[], $4::timestamptz[], $5::bytea[])
           AS c (hour, device_id, message_id, received_at, told)
         JOIN told t USING (hour, device_id, message_id)
         ORDER BY t.hour, t.device_id, t.message_id FOR UPDATE OF t
       )
       UPDATE told t SET received_at = least(t.received_at, c.received_at), told = c.told FROM changed c
       WHERE (t.hour, t.device_id, t.message_id) = (c.hour, c.device_id, c.message_id)`,
      valuesOf(rows),
    )
}

/** Writes the rows of messages that belong to no open day. @returns of what is new, like `writeTold` */
export const writeLate = async (client: pg.ClientBase, all: readonly Row[]): Promise<Written> => {
  const added = new Set<string>()
  let readings = 0
  const sorted = all.toSorted((a, b) =>
    a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : a.messageId < b.messageId ? -1 : 1,
  )
  for (const rows of slices(sorted)) {
    const told = new Map(rows.map((row) => [row.messageId, row.told]))
    const { rows: written } = await client.query<{ message_id: string; was: Buffer | null }>(
      `INSERT INTO told_late AS t (hour, device_id, message_id, received_at, told) SELECT ${columns}
       ON CONFLICT (device_id, message_id) DO UPDATE
         SET received_at = least(t.received_at, excluded.received_at), told = excluded.told
         WHERE excluded.received_at < t.received_at OR excluded.told <> t.told
       RETURNING message_id, old.told AS was`,
      valuesOf(rows),
    )
    for (const { message_id, was } of written) {
      if (was === null) added.add(message_id)
      readings += readingsIn(told.get(message_id) ?? new Uint8Array(5)) - (was === null ? 0 : readingsIn(was))
    }
  }
  return { added, readings }
}

/** Whether a message stands at its receipt: it belongs to no day. */
export const isUnclocked = ({ messageId }: Row): boolean => timeOfId(messageId) === unclockedMs
