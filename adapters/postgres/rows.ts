/** The order of plain text is that of PostgreSQL's collation "C", which all keys have. */
export const byKey =
  <T>(keyOf: (row: T) => string) =>
  (a: T, b: T): number => {
    const [keyA, keyB] = [keyOf(a), keyOf(b)]
    return keyA < keyB ? -1 : keyA > keyB ? 1 : 0
  }

/** Ids are lower-case hex: the order of their text is the order of their bytes, which is PostgreSQL's. */
export const byId = byKey<{ readonly id: string }>(({ id }) => id)

/** A time as text whose order is that of the times. */
export const timeKey = (ms: number): string => String(ms).padStart(15, '0')

/** SQL for milliseconds since 1970 as an instant; integers all the way, so no rounding. */
export const instant = (column: string): string => `timestamptz 'epoch' + ${column} * interval '1 millisecond'`

/** SQL for an instant as milliseconds since 1970. */
export const milliseconds = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`
