/** Ids are lower-case hex: the order of their text is the order of their bytes, which is PostgreSQL's. */
export const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0

/** SQL for milliseconds since 1970 as an instant; integers all the way, so no rounding. */
export const instant = (column: string): string => `timestamptz 'epoch' + ${column} * interval '1 millisecond'`

/** SQL for an instant as milliseconds since 1970. */
export const milliseconds = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`
