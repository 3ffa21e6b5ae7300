import { timeOfId, unclockedMs } from '../../core/identity.ts'
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
  rows.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))

/**
 * SQL for rows given as arrays of these types, the parameters from $1 on: a select list, which gives them in the arrays'
 * order, and so in that of their key if they were sorted by it. As a source in FROM each array would be kept whole as a
 * table of its own, and ORDER BY would sort once more: together a microsecond a row.
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

/** Sorted ids in runs for `amongIds`: messages without a clock lie in a partition far from the others. */
export const runsOfIds = (ids: readonly string[]): (readonly string[])[] => {
  const split = ids.findIndex((id) => timeOfId(id) !== unclockedMs)
  const firstClocked = split < 0 ? ids.length : split
  return [...slices(ids.slice(0, firstClocked)), ...slices(ids.slice(firstClocked))]
}

/** SQL for an instant as milliseconds since 1970. */
export const milliseconds = (column: string): string => `round(date_part('epoch', ${column}) * 1000)`
