import type { World } from './world.ts'

const tables = ['message', 'decoding', 'reading', 'event', 'reject'] as const

/** A checksum of every table that messages fill, over its rows sorted as text. */
export const checksums = async ({ pool }: World): Promise<Record<string, string>> => {
  const sums: Record<string, string> = {}
  for (const table of tables) {
    const { rows } = await pool.query<{ sum: string | null; count: string }>(
      `SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C")) AS sum, count(*) FROM ${table} t`,
    )
    sums[table] = `${rows[0]?.count} rows, ${rows[0]?.sum ?? 'none'}`
  }
  return sums
}

/** A sentence for each table that differs. */
export const differences = (
  expected: Readonly<Record<string, string>>,
  actual: Readonly<Record<string, string>>,
  when: string,
): string[] =>
  Object.keys(expected)
    .filter((table) => expected[table] !== actual[table])
    .map((table) => `${when}: table ${table} is not as before: ${actual[table]}, not ${expected[table]}`)
