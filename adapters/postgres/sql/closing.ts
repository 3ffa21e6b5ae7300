import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { milliseconds } from './rows.ts'

/**
 * Held alone while rows of days become days: nobody else decides readings then. Replays share it; retention and erasing
 * take it alone, since what they delete must not come back from a fold under way. Taken before `sluice.under_way`.
 */
const lock = "hashtext('sluice.closing')"

/** Messages of before this instant (milliseconds since 1970) belong to closed days. It holds as long as the batch is under way. */
export const closedDaysBefore = async (client: Pick<pg.ClientBase, 'query'>): Promise<number> => {
  const { rows } = await client.query<{ before: number }>(`SELECT ${milliseconds('before')} AS before FROM closed_days`)
  return rows[0]?.before ?? Number.NEGATIVE_INFINITY
}

const tryFor = 2_000
const pauseMs = 100

/** Until the transaction ends nobody else closes, replays or deletes. @returns whether that could be had within seconds */
export const tryClosing = async (client: pg.ClientBase): Promise<boolean> => {
  for (const endMs = Date.now() + tryFor; ; await wait(pauseMs)) {
    const { rows } = await client.query<{ taken: boolean }>(`SELECT pg_try_advisory_xact_lock(${lock}) AS taken`)
    if (rows[0]?.taken) return true
    if (Date.now() > endMs) return false
  }
}

/** Like `tryClosing`, after whoever is at it. */
export const waitForClosing = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`SELECT pg_advisory_xact_lock(${lock})`)
}

/** Until the transaction ends no day is closed; waits for one that is being closed. */
export const withoutClosing = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`SELECT pg_advisory_xact_lock_shared(${lock})`)
}
