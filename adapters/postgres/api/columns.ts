/**
 * A bigint column, which the driver hands over as text. Indexes are 32 bits wide, so none is beyond what JSON's numbers
 * hold exactly; one that were would be an error here and never a rounded number.
 * @throws RangeError beyond 2^53
 */
export const exactInteger = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} in the database is beyond 2^53`)
  return value
}

/** An instant as the bound of a range; null is no bound. */
export const lowest = (ms: number | null) => (ms === null ? '-infinity' : new Date(ms).toISOString())
export const beyond = (ms: number | null) => (ms === null ? 'infinity' : new Date(ms).toISOString())
