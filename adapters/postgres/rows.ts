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
export const sortedById = <T extends { readonly id: string }>(rows: readonly T[]): T[] => sortedBy(rows, ({ id }) => id)

/**
 * SQL for the rows of sorted ids, given as an array and its first and last. The bounds alone choose the partitions: for
 * PostgreSQL a table's newest ids lie behind everything its statistics know, so of a range of them it expects next to
 * nothing and would read it whole (at 10,000 messages a second half of the database's time). The sub-select hides the
 * array from the planner, which would else weigh partitions id by id (2 to 3 µs each).
 */
export const amongIds = (column: string, ids: string, first: string, last: string): string =>
  `${column} = ANY(ARRAY(SELECT unnest(${ids}::uuid[]))) AND ${column} BETWEEN ${first} AND ${last}`

/** SQL for an instant as milliseconds since 1970. */
export const milliseconds = (column: string): string => `round(date_part('epoch', ${column}) * 1000)`
