import type pg from 'pg'
import { milliseconds } from '../sql/rows.ts'

/**
 * Who takes days apart that are over shares the first lock until the commit; closing takes it alone, for the moment in
 * which a day's rows give way to its day rows. The second is for those who close, and who delete whatever there is.
 * Taken after `sluice.under_way`, and before rows of such days.
 */
const lock = "hashtext('sluice.closed_days')"
const closing = "hashtext('sluice.closing')"

/** Rows of before this instant stand in `reading_late` or are folded. It holds as long as the batch is under way. */
export const closedBeforeMs = async (client: Pick<pg.ClientBase, 'query'>): Promise<number> => {
  const { rows } = await client.query<{ before: number }>(`SELECT ${milliseconds('before')} AS before FROM closed_days`)
  return rows[0]?.before ?? Number.NEGATIVE_INFINITY
}

/** Until the transaction ends no day is closed. */
export const shareClosedDays = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`SELECT pg_advisory_xact_lock_shared(${lock})`)
}

/** Until the transaction ends nobody takes a closed day apart. */
export const holdClosedDays = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`SELECT pg_advisory_xact_lock(${lock})`)
}

/** Until the transaction ends nobody else closes or deletes by the device. @returns whether nobody is at it now */
export const tryClosing = async (client: pg.ClientBase): Promise<boolean> => {
  const { rows } = await client.query<{ taken: boolean }>(`SELECT pg_try_advisory_xact_lock(${closing}) AS taken`)
  return rows[0]?.taken ?? false
}

/** Like `tryClosing`, after whoever is at it. */
export const waitForClosing = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`SELECT pg_advisory_xact_lock(${closing})`)
}
