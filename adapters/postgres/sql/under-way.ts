import type pg from 'pg'
import { inTransaction } from './transaction.ts'

/**
 * What is loaded (messages, registry, profiles, sample periods) must still hold when what follows from it is written:
 * else a replay could end, and a batch that was loaded before it undo a part of it. So whoever loads and writes shares
 * this lock until the commit, and whoever needs all of them to be through takes it alone, for a moment. Advisory and the
 * transaction's: nobody writes a row for it, and it pins no connection of a database proxy.
 */
const lock = "hashtext('sluice.under_way')"

/** Begins a transaction that others wait for; one round trip for both statements. */
export const beginUnderWay = `BEGIN; SELECT pg_advisory_xact_lock_shared(${lock})`

/** Within a transaction: waits for all that are under way, and lets no other begin until it ends. */
export const waitForUnderWay = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`SELECT pg_advisory_xact_lock(${lock})`)
}

/** Waits for all that are under way now. */
export const settle = (pool: pg.Pool): Promise<void> => inTransaction(pool, waitForUnderWay)
