/**
 * A bigint column, which the driver returns as text. Indexes have 32 bits, so a number of JSON holds them exactly. A larger
 * value is an error, never a rounded number.
 * @throws RangeError beyond 2^53
 */
export const exactInteger = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} in the database is beyond 2^53`)
  return value
}

/** An instant as a bound of a range. null is no bound. */
export const lowest = (ms: number | null) => (ms === null ? '-infinity' : new Date(ms).toISOString())
export const beyond = (ms: number | null) => (ms === null ? 'infinity' : new Date(ms).toISOString())
