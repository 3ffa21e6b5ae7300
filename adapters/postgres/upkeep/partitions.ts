import type pg from 'pg'

/**
 * Makes the daily partitions from `daysBack` before to `daysAhead` after today that are missing. Readings get those of
 * open days only.
 * @returns the number of days that it made partitions for
 */
export const ensurePartitions = async (client: pg.ClientBase, daysBack: number, daysAhead: number): Promise<number> => {
  const { rows } = await client.query<{ made: number }>('SELECT ensure_partitions($1, $2) AS made', [
    daysBack,
    daysAhead,
  ])
  await client.query('SELECT ensure_open_days($1)', [daysAhead])
  return rows[0]?.made ?? 0
}
