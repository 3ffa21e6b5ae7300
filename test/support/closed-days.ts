import type pg from 'pg'
import { closeDays } from '../../adapters/postgres/closed-days/close.ts'
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

/** How many readings stand where; `days` are the rows of closed ones. */
export const whereabouts = async (pool: pg.Pool) => {
  const { rows } = await pool.query<Record<'open' | 'late' | 'folded' | 'days' | 'notes', number>>(
    `SELECT (SELECT count(*)::int FROM reading_open) AS open, (SELECT count(*)::int FROM reading_late) AS late,
       (SELECT coalesce(sum(cardinality(at)), 0)::int FROM reading_day) AS folded,
       (SELECT count(*)::int FROM reading_day) AS days, (SELECT count(*)::int FROM reopened_day) AS notes`,
  )
  return rows[0]
}
