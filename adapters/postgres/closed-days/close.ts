import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { Reading } from '../../../core/readings/reading.ts'
import type { ToldRow } from '../../../core/told/told.ts'
import { closedDaysBefore, tryClosing } from '../sql/closing.ts'
import { isLostRace } from '../sql/errors.ts'
import { inTransaction } from '../sql/transaction.ts'
import { waitForUnderWay } from '../sql/under-way.ts'
import { dropPartition, partitionsBefore } from '../tables/partitions.ts'
import { type RowColumns, readingColumns, rowColumns, rowsOfBefore, toldRowOf } from '../told/load.ts'
import { addMade, countMade, foldPiece, nothingMade } from './fold.ts'

const dayMs = 86_400_000

/** Devices tell of yesterday too: it stays open. */
const openDays = 1

/** Whoever waits for us waits no longer. */
const briefly = "SET LOCAL lock_timeout = '2s'"

/** The rows of a day lie in the order of time: by an index a day that is larger than the memory is read page by row. */
const inOnePass = "SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL work_mem = '64MB'"

const byIndex = 'SET LOCAL enable_indexscan = on; SET LOCAL enable_indexonlyscan = on'

/** Rows that one piece of a fold holds in memory: some 50 MB. */
const rowsAtOnce = 10_000

/** From here on messages of before are late: once nobody is under way who does not know it. */
const moveOn = async (pool: pg.Pool, horizon: Date): Promise<void> => {
  if ((await closedDaysBefore(pool)) >= horizon.getTime()) return
  await inTransaction(pool, async (client) => {
    await client.query(briefly)
    await waitForUnderWay(client)
    await client.query('UPDATE closed_days SET before = $1 WHERE before < $1', [horizon.toISOString()])
  })
}

/** The rows of a table by device, in pieces of whole devices. */
async function* piecesOf(client: pg.ClientBase, table: string): AsyncGenerator<ToldRow[]> {
  await client.query(`DECLARE by_device NO SCROLL CURSOR FOR SELECT ${rowColumns} FROM ${table} ORDER BY device_id`)
  let held: ToldRow[] = []
  for (;;) {
    const { rows } = await client.query<RowColumns>(`FETCH ${rowsAtOnce} FROM by_device`)
    const last = rows.at(-1)?.device_id
    if (last === undefined) break
    const came = rows.map(toldRowOf)
    const from = came.findIndex(({ deviceId }) => deviceId === last)
    const whole = [...held, ...came.slice(0, from)]
    // a device may have more rows than a piece
    if (whole.length > 0 && whole[0]?.deviceId !== last) yield whole
    held = whole[0]?.deviceId === last ? [...whole, ...came.slice(from)] : came.slice(from)
  }
  await client.query('CLOSE by_device')
  if (held.length > 0) yield held
}

/** A message of a day that is closed has its state beside it, unless the day's raw messages are removed already. */
const keepStates = async (client: pg.PoolClient, table: string, decodings: string): Promise<void> => {
  const { rows } = await client.query<{ is_kept: boolean }>('SELECT to_regclass($1) IS NOT NULL AS is_kept', [
    decodings,
  ])
  if (!rows[0]?.is_kept) return
  await client.query(
    `INSERT INTO decoding (message_id, state)
     SELECT t.message_id, 'decoded' FROM ${table} t
     WHERE NOT EXISTS (SELECT FROM ${decodings} d WHERE d.message_id = t.message_id)`,
  )
}

/** Takes what readers hold, or gives way to them and tries again. */
const takeAlone = async (client: pg.PoolClient, table: string): Promise<void> => {
  for (let tries = 1; ; tries++) {
    await client.query('SAVEPOINT alone')
    try {
      await client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
      return
    } catch (error) {
      if (!isLostRace(error)) throw error
      if (tries === 30) throw new Error(`${table} is in use for more than a minute`, { cause: error })
      await client.query('ROLLBACK TO SAVEPOINT alone')
      await wait(500)
    }
  }
}

/**
 * Folds the rows of a day, in one transaction: nobody writes them any more, and who reads them goes on until the end.
 * Killed at any point it leaves what was there, or all of it.
 * @returns how many rows of days it made; null where somebody else is at it
 */
const closeDay = (pool: pg.Pool, table: string): Promise<number | null> =>
  inTransaction(pool, async (client) => {
    await client.query(briefly)
    if (!(await tryClosing(client))) return null
    await client.query(inOnePass)
    const day = table.slice(-8)
    const nextDayMs = Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`) + dayMs
    let made = nothingMade
    for await (const rows of piecesOf(client, table)) {
      await client.query(byIndex)
      made = addMade(made, await foldPiece(client, { rows, areLate: false, ofBefore: [], nextDayMs }))
    }
    await client.query(inOnePass)
    await keepStates(client, table, `decoding_${day}`)
    await takeAlone(client, table)
    await client.query(`TRUNCATE ${table}`)
    await countMade(client, made)
    return made.days
  })

const nextLate = `
  WITH RECURSIVE known (device_id, n) AS (
    SELECT $1::text COLLATE "C", 0
    UNION ALL
    SELECT (SELECT min(s.device_id) FROM SOURCE s WHERE s.device_id > known.device_id), n + 1
    FROM known WHERE known.device_id IS NOT NULL AND n < $2
  )
  SELECT device_id FROM known WHERE n > 0 AND device_id IS NOT NULL ORDER BY n`

/** Pieces of what is late are as large as nobody waits long for. */
const pieceMs = 250

/** Takes rows of these devices out of a table, in the order in which workers write them. */
type Take = (
  client: pg.PoolClient,
  deviceIds: readonly string[],
  horizon: Date,
) => Promise<Parameters<typeof foldPiece>[1]>

const takeLate: Take = async (client, deviceIds, horizon) => {
  const { rows } = await client.query<RowColumns>(
    `WITH held AS (
       SELECT device_id, message_id FROM told_late WHERE device_id = ANY($1::text[]) AND received_at < $2
       ORDER BY device_id, message_id FOR UPDATE),
       taken AS (
         DELETE FROM told_late t USING held h
         WHERE (t.device_id, t.message_id) = (h.device_id, h.message_id) RETURNING t.*)
     SELECT ${rowColumns} FROM taken`,
    [deviceIds, horizon.toISOString()],
  )
  return { rows: rows.map(toldRowOf), areLate: true, ofBefore: [], nextDayMs: null }
}

const takeOfBefore =
  (table: string): Take =>
  async (client, deviceIds, horizon) => {
    const { rows } = await client.query<Reading>(
      `WITH held AS (
         SELECT device_id, channel, read_at FROM ${table}
         WHERE device_id = ANY($1::text[]) AND channel = ANY('{A,B,C}') AND read_at < $2
         ORDER BY device_id, channel, read_at FOR UPDATE),
         taken AS (
           DELETE FROM ${table} t USING held h
           WHERE (t.device_id, t.channel, t.read_at) = (h.device_id, h.channel, h.read_at) RETURNING t.*)
       SELECT ${readingColumns} FROM taken`,
      [deviceIds, horizon.toISOString()],
    )
    return { rows: [], areLate: false, ofBefore: rows, nextDayMs: null }
  }

/** Folds what is late, some devices at a time. @returns whether all of it, and how many rows of days it made */
const foldRest = async (pool: pg.Pool, source: string, take: Take, horizon: Date, endMs: number) => {
  let [after, devices, made] = ['', 1, 0]
  while (Date.now() < endMs) {
    const beginMs = Date.now()
    const piece = await inTransaction(pool, async (client) => {
      await client.query(briefly)
      if (!(await tryClosing(client))) return null
      const { rows } = await client.query<{ device_id: string }>(nextLate.replace('SOURCE', source), [after, devices])
      const ids = rows.map(({ device_id }) => device_id)
      const taken = await take(client, ids, horizon)
      const made = await foldPiece(client, taken)
      await countMade(client, made)
      return { ids, made: made.days }
    })
    if (!piece) return { isDone: false, rows: made }
    made += piece.made
    if (piece.ids.length < devices) return { isDone: true, rows: made }
    after = piece.ids.at(-1) ?? after
    devices = Date.now() - beginMs < pieceMs ? devices * 2 : Math.ceil(devices / 2)
  }
  return { isDone: false, rows: made }
}

/**
 * Makes one row a device, channel and day of what messages of days before yesterday (UTC) told, oldest first, and begins
 * no other day after `budgetMs`; the next call goes on. Then come late messages, and readings that workers of before left
 * as rows.
 * @returns how many days were closed, and how many rows were made of them and of what came late
 */
export const closeDays = async (pool: pg.Pool, budgetMs: number, nowMs = Date.now()) => {
  const endMs = Date.now() + budgetMs
  const horizon = new Date((Math.floor(nowMs / dayMs) - openDays) * dayMs)
  await moveOn(pool, horizon)
  let [days, rows] = [0, 0]
  for (const partition of await partitionsBefore(pool, ['told'], horizon)) {
    if (Date.now() > endMs) return { days, rows, isDone: false }
    const isClosed = partition.parent === null || partition.is_pending
    const made = isClosed ? 0 : await closeDay(pool, partition.name)
    if (made === null) return { days, rows, isDone: false }
    rows += made
    await dropPartition(pool, partition)
    days++
  }
  let isDone = true
  for (const [source, take] of [
    ['told_late', takeLate],
    ...rowsOfBefore.map((table) => [table, takeOfBefore(table)] as const),
  ] as const) {
    const rest = await foldRest(pool, source, take, horizon, endMs)
    rows += rest.rows
    isDone &&= rest.isDone
  }
  return { days, rows, isDone }
}
