import type pg from 'pg'

interface Partition {
  readonly name: string
  /** Its table; null if it is already detached. */
  readonly parent: string | null
  readonly is_pending: boolean
}

/** How the name of a day's partition ends: YYYYMMDD. */
export const daySuffix = (day: Date): string => day.toISOString().slice(0, 10).replaceAll('-', '')

/** Daily partitions before `horizon`, oldest first, including those that an interrupted removal left detached. */
export const partitionsBefore = async (
  database: Pick<pg.ClientBase, 'query'>,
  tables: readonly string[],
  horizon: Date,
): Promise<Partition[]> => {
  const { rows } = await database.query<Partition>(
    `SELECT c.relname AS name, i.inhparent::regclass::text AS parent, coalesce(i.inhdetachpending, false) AS is_pending
     FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname ~ ('^(' || $2 || ')_[0-9]{8}$')
       AND right(c.relname, 8) < $1
     ORDER BY right(c.relname, 8), c.relname DESC`,
    [daySuffix(horizon), tables.join('|')],
  )
  return rows
}

/** Drops a partition. Detaches it first, which does not block the table's other users. Must not run in a transaction. */
export const dropPartition = async (
  database: Pick<pg.ClientBase, 'query'>,
  { name, parent, is_pending }: Partition,
): Promise<void> => {
  const mode = is_pending ? 'FINALIZE' : 'CONCURRENTLY'
  if (parent !== null) await database.query(`ALTER TABLE ${parent} DETACH PARTITION ${name} ${mode}`)
  await database.query(`DROP TABLE ${name}`)
}
