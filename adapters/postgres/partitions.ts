import type pg from 'pg'

/**
 * Makes the daily partitions from `daysBack` before to `daysAhead` after today that are not there.
 * @returns of how many days it made them
 */
export const ensurePartitions = async (client: pg.ClientBase, daysBack: number, daysAhead: number): Promise<number> => {
  const { rows } = await client.query<{ made: number }>('SELECT ensure_partitions($1, $2) AS made', [
    daysBack,
    daysAhead,
  ])
  return rows[0]?.made ?? 0
}
