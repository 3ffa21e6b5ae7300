import type pg from 'pg'
import { closeDays } from '../../adapters/postgres/closed-days/close.ts'
import type { Lane } from '../../core/message/lane.ts'
import { clear } from './pipeline.ts'

const dayMs = 86_400_000

/** Midnight (UTC), so many days before today. */
export const midnightMs = (daysAgo: number): number => (Math.floor(Date.now() / dayMs) - daysAgo) * dayMs

/** Empties the database as one in which no day was closed since `daysAgo`. */
export const openDays = async (pool: pg.Pool, daysAgo: number): Promise<void> => {
  await clear(pool)
  await pool.query('UPDATE closed_days SET before = $1', [new Date(midnightMs(daysAgo)).toISOString()])
  await pool.query('SELECT ensure_open_days(3)')
}

/** Closes all days before `daysAgo`, as upkeep does the day after tomorrow of it. */
export const closeBefore = (pool: pg.Pool, daysAgo: number) => closeDays(pool, 60_000, midnightMs(daysAgo - 1))

/** What is kept where: rows of open days, late rows, and the readings in rows of days. */
export const whereabouts = async (pool: pg.Pool) => {
  const { rows } = await pool.query<Record<'open' | 'late' | 'folded' | 'days', number>>(
    `SELECT (SELECT count(*)::int FROM told) AS open, (SELECT count(*)::int FROM told_late) AS late,
       (SELECT coalesce(sum(cardinality(at)), 0)::int FROM reading_day) AS folded,
       (SELECT count(*)::int FROM reading_day) AS days`,
  )
  return rows[0]
}

/**
 * The readings that `GET /v1/flow` counts of each lane: those that each row decides by itself, and those in rows of days
 * and of workers of before.
 */
export const readingsKept = async (pool: pg.Pool): Promise<Record<Lane, number>> => {
  const { rows } = await pool.query<Record<Lane, number>>(
    `SELECT coalesce(sum(n) FILTER (WHERE length(device_id) <= 8), 0)::int AS sigfox,
       coalesce(sum(n) FILTER (WHERE length(device_id) > 8), 0)::int AS nbiot
     FROM (
       SELECT device_id, get_byte(told, 3) * 256 + get_byte(told, 4) AS n FROM told
       UNION ALL SELECT device_id, get_byte(told, 3) * 256 + get_byte(told, 4) FROM told_late
       UNION ALL SELECT device_id, cardinality(at) FROM reading_day
       UNION ALL SELECT device_id, 1 FROM reading_open
       UNION ALL SELECT device_id, 1 FROM reading_late) AS kept`,
  )
  return rows[0] ?? { sigfox: 0, nbiot: 0 }
}
