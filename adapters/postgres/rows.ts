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

/** SQL for an instant as milliseconds since 1970. */
export const milliseconds = (column: string): string => `round(date_part('epoch', ${column}) * 1000)`
