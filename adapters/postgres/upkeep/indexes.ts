import type pg from 'pg'
import { daySuffix } from '../tables/partitions.ts'

const dayMs = 86_400_000

/**
 * Indexes on tables that may be large and in use when the index is added. A migration would block writers until it is
 * done (2 s for a million rejects). These are created concurrently.
 */
const indexes = [
  // finding a rare reason among a million rejects took 0.2 s without it, 4 ms with it
  { name: 'reject_reason', on: 'reject (reason, at, id)' },
  { name: 'event_sample_period', on: `event (device_id, at) WHERE kind = 'sample_period'` },
]

/** An index whose creation was interrupted exists, but is not valid. */
const existing = `
  SELECT c.relname AS name, i.indisvalid AS valid FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
  WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY($1)`

/** Creates the indexes that are missing. Must not run in a transaction. @returns their names */
export const makeIndexes = async (client: pg.ClientBase): Promise<string[]> => {
  // If another process is creating them, it needs no help. Waiting for its lock would block it: CREATE INDEX CONCURRENTLY
  // waits for every running statement.
  const { rows: locks } = await client.query("SELECT pg_try_advisory_lock(hashtext('sluice.make_indexes')) AS taken")
  if (!locks[0]?.taken) return []
  try {
    const { rows } = await client.query(existing, [indexes.map(({ name }) => name)])
    const valid = new Map<string, boolean>(rows.map(({ name, valid }) => [name, valid]))
    const missing = indexes.filter(({ name }) => valid.get(name) !== true)
    for (const { name, on } of missing) {
      if (valid.has(name)) await client.query(`DROP INDEX CONCURRENTLY ${name}`)
      await client.query(`CREATE INDEX CONCURRENTLY ${name} ON ${on}`)
    }
    return missing.map(({ name }) => name)
  } finally {
    await client.query("SELECT pg_advisory_unlock(hashtext('sluice.make_indexes'))")
  }
}

/**
 * Creates, for each day that is over, the index by device with which erasing and replaying find messages. Updating it with
 * each message would touch pages all over the index; creating it once is one sort. Must not run in a transaction. Begins
 * no further day after `budgetMs`.
 * @returns the number of days that got an index
 */
export const indexClosedDays = async (client: pg.ClientBase, budgetMs: number, nowMs = Date.now()): Promise<number> => {
  const endMs = Date.now() + budgetMs
  let created = 0
  const { rows } = await client.query<{ name: string; broken: string | null }>(
    `SELECT c.relname AS name, x.relname AS broken
     FROM pg_class c JOIN pg_inherits h ON h.inhrelid = c.oid AND h.inhparent = 'message'::regclass
       LEFT JOIN pg_class x ON x.relname = c.relname || '_device' AND x.relkind = 'i'
       LEFT JOIN pg_index i ON i.indexrelid = x.oid
     WHERE c.relname ~ '^message_[0-9]{8}$' AND right(c.relname, 8) < $1 AND NOT coalesce(i.indisvalid, false)
     ORDER BY c.relname`,
    [daySuffix(new Date(nowMs - dayMs))],
  )
  for (const { name, broken } of rows) {
    if (Date.now() > endMs) break
    if (broken !== null) await client.query(`DROP INDEX ${broken}`)
    await client.query(`CREATE INDEX CONCURRENTLY ${name}_device ON ${name} (device_id)`)
    created++
  }
  return created
}
