import { timeOfId } from '../../../core/message/identity.ts'
import { slices } from './bisect.ts'

/**
 * In the order of their keys, each made once. The order of plain text is that of PostgreSQL's collation "C", which all
 * keys have.
 */
export const sortedBy = <T>(rows: readonly T[], keyOf: (row: T) => string): T[] =>
  rows
    .map((row) => ({ row, key: keyOf(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row)

/** Ids are lower-case hex: the order of their text is the order of their bytes, which is PostgreSQL's. */
export const sortedById = <T extends { readonly id: string }>(rows: readonly T[]): T[] =>
  rows.toSorted(({ id: a }, { id: b }) => (a < b ? -1 : a > b ? 1 : 0))

/**
 * SQL for rows given as arrays of these types, the parameters from $1 on: a select list, which keeps the arrays' order, so
 * whoever locks rows by it has sorted them. In FROM each array would be kept whole as a table of its own, and ORDER BY
 * would sort once more: together 0.8 µs a row.
 */
export const columnsOf = (types: readonly string[]): string =>
  types.map((type, i) => `unnest($${i + 1}::${type}[])`).join(', ')

/**
 * SQL for the rows of sorted ids, given as an array and its first and last. The bounds alone choose the partitions: for
 * PostgreSQL a table's newest ids lie behind everything its statistics know, so of a range of them it expects next to
 * nothing and would read it whole (at 10,000 messages a second half of the database's time). The sub-select hides the
 * array from the planner, which would else weigh partitions id by id (2 to 3 µs each).
 */
export const amongIds = (column: string, ids: string, first: string, last: string): string =>
  `${column} = ANY(ARRAY(SELECT unnest(${ids}::uuid[]))) AND ${column} BETWEEN ${first} AND ${last}`

const dayMs = 86_400_000

/**
 * Rows sorted by their ids, in runs for `amongIds` without a gap of more than a day: one datagram of a year ago, or one
 * without a clock (the first partition of all), would else make PostgreSQL look for each id in every day between.
 */
export const runsById = <T>(rows: readonly T[], idOf: (row: T) => string): (readonly T[])[] => {
  const timeAt = (i: number) => timeOfId(idOf(rows[i] as T))
  if (rows.length === 0 || timeAt(rows.length - 1) - timeAt(0) <= dayMs) return slices(rows)
  const runs: (readonly T[])[] = []
  let from = 0
  for (let i = 1; i <= rows.length; i++) {
    if (i < rows.length && timeAt(i) - timeAt(i - 1) <= dayMs) continue
    runs.push(...slices(rows.slice(from, i)))
    from = i
  }
  return runs
}

/** The same of ids alone. */
export const runsOfIds = (ids: readonly string[]): (readonly string[])[] => runsById(ids, (id) => id)

/** SQL for an instant as milliseconds since 1970. */
export const milliseconds = (column: string): string => `round(date_part('epoch', ${column}) * 1000)`
