import type pg from 'pg'
import { inTransaction } from './transaction.ts'

/**
 * What a batch has loaded (messages, registry, profiles, sample periods) must still hold when it writes its results.
 * Otherwise a batch that loaded before a replay could undo part of the replay after it ended. So every transaction that
 * loads and then writes shares this lock until its commit. A process that must wait for all of them takes it alone for a
 * moment. It is an advisory lock of the transaction: it writes no row, and does not pin a connection of a database proxy.
 */
const lock = "hashtext('sluice.under_way')"

/** Begins a transaction that `settle` waits for. Both statements take one round trip. */
export const beginUnderWay = `BEGIN; SELECT pg_advisory_xact_lock_shared(${lock})`

/** Takes part in a transaction that holds another lock already. */
export const shareUnderWay = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`SELECT pg_advisory_xact_lock_shared(${lock})`)
}

/** In a transaction: waits for all that are under way, and keeps others from beginning until it ends. */
export const waitForUnderWay = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`SELECT pg_advisory_xact_lock(${lock})`)
}

/** Waits for all transactions that are under way now. */
export const settle = (pool: pg.Pool): Promise<void> => inTransaction(pool, waitForUnderWay)
