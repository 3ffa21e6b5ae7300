import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { channels } from '../../../core/readings/reading.ts'
import { isLostRace } from '../sql/errors.ts'
import { inTransaction } from '../sql/transaction.ts'
import { waitForUnderWay } from '../sql/under-way.ts'
import { dropPartition, partitionsBefore } from '../tables/partitions.ts'
import { folded } from './fold.ts'
import { closedBeforeMs, holdClosedDays, tryClosing } from './lock.ts'

const dayMs = 86_400_000

/** Devices tell of yesterday too: it stays open. */
const openDays = 1

/** Whoever waits for us waits no longer. */
const briefly = "SET LOCAL lock_timeout = '2s'"

/** The rows of a day lie in the order of time: by the index a day that is larger than the memory is read page by reading. */
const inOnePass = "SET LOCAL enable_indexscan = off; SET LOCAL work_mem = '64MB'"

/** Pieces of a day that came late are as large as nobody waits long for. */
const pieceMs = 250

/** From here on readings of before are written as late ones: once nobody is under way who does not know it. */
const moveOn = async (pool: pg.Pool, horizon: Date): Promise<void> => {
  if ((await closedBeforeMs(pool)) >= horizon.getTime()) return
  await inTransaction(pool, async (client) => {
    await client.query(briefly)
    await waitForUnderWay(client)
    await client.query('UPDATE closed_days SET before = $1 WHERE before < $1', [horizon.toISOString()])
  })
}

const nextLate = `
  WITH RECURSIVE known (device_id, n) AS (
    SELECT $1::text COLLATE "C", 0
    UNION ALL
    SELECT (SELECT min(device_id) FROM reading_late WHERE device_id > known.device_id), n + 1
    FROM known WHERE known.device_id IS NOT NULL AND n < $2
  )
  SELECT device_id FROM known WHERE n > 0 AND device_id IS NOT NULL ORDER BY n`

const foldLate = `
  WITH gone AS (
    DELETE FROM reading_late r USING unnest($1::text[]) AS d (device_id), unnest($2::text[]) AS c (channel)
    WHERE r.device_id = d.device_id AND r.channel = c.channel AND r.read_at < $3 RETURNING r.*)
  ${folded('gone')}`

/** Folds what came late of days that are over, some devices at a time. @returns whether all of it, and how many rows it made */
const foldLateOnes = async (pool: pg.Pool, horizon: Date, endMs: number) => {
  let [after, devices, made] = ['', 1, 0]
  while (Date.now() < endMs) {
    const beginMs = Date.now()
    const piece = await inTransaction(pool, async (client) => {
      if (!(await tryClosing(client))) return null
      await client.query(briefly)
      await holdClosedDays(client)
      const { rows } = await client.query<{ device_id: string }>(nextLate, [after, devices])
      const ids = rows.map(({ device_id }) => device_id)
      const { rowCount } = await client.query(foldLate, [ids, channels, horizon.toISOString()])
      return { ids, rowCount: rowCount ?? 0 }
    })
    if (!piece) return { isDone: false, rows: made }
    made += piece.rowCount
    if (piece.ids.length < devices) return { isDone: true, rows: made }
    after = piece.ids.at(-1) ?? after
    devices = Date.now() - beginMs < pieceMs ? devices * 2 : Math.ceil(devices / 2)
  }
  return { isDone: false, rows: made }
}

/** Takes what late workers and readers hold, or gives way to them and tries again. */
const takeAlone = async (client: pg.PoolClient, table: string): Promise<void> => {
  for (let tries = 1; ; tries++) {
    await client.query('SAVEPOINT alone')
    try {
      await holdClosedDays(client)
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
 * Folds the rows of a day. Who reads or writes goes on meanwhile; only what is taken out of the day in this time is not
 * folded, and late ones wait for the moment at the end.
 * @returns how many rows it made; null where somebody else is at it
 */
const closeDay = (pool: pg.Pool, table: string): Promise<number | null> =>
  inTransaction(pool, async (client) => {
    if (!(await tryClosing(client))) return null
    await client.query(briefly)
    const day = table.slice(-8)
    await client.query(inOnePass)
    const { rowCount } = await client.query(folded(table))
    await client.query('SET LOCAL enable_indexscan = on')
    await takeAlone(client, table)
    await client.query(
      `DELETE FROM reading_day d USING reopened_day r
       WHERE r.day = $1 AND (d.device_id, d.channel, d.day) = (r.device_id, r.channel, r.day)`,
      [day],
    )
    await client.query('DELETE FROM reopened_day WHERE day = $1', [day])
    await client.query(`TRUNCATE ${table}`)
    return rowCount ?? 0
  })

/**
 * Makes one row a device, channel and day of the readings of days before yesterday (UTC), oldest first, and begins
 * no other after `budgetMs`; the next call goes on.
 * @returns how many days were closed, and how many rows were made of them and of what came late
 */
export const closeDays = async (pool: pg.Pool, budgetMs: number, nowMs = Date.now()) => {
  const endMs = Date.now() + budgetMs
  const horizon = new Date((Math.floor(nowMs / dayMs) - openDays) * dayMs)
  await moveOn(pool, horizon)
  let [days, rows] = [0, 0]
  for (const partition of await partitionsBefore(pool, ['reading_open'], horizon)) {
    if (Date.now() > endMs) return { days, rows, isDone: false }
    const isClosed = partition.parent === null || partition.is_pending
    const made = isClosed ? 0 : await closeDay(pool, partition.name)
    if (made === null) return { days, rows, isDone: false }
    rows += made
    await dropPartition(pool, partition)
    days++
  }
  // after all days: what is taken out of one while it is being closed is late until then
  const late = await foldLateOnes(pool, horizon, endMs)
  return { days, rows: rows + late.rows, isDone: late.isDone }
}
