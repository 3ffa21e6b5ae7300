import { isSameReading, type Reading } from '../readings/reading.ts'

const dayMs = 86_400_000
const dayOf = ({ deviceId, channel, readAtMs }: Reading) => `${deviceId} ${channel} ${Math.floor(readAtMs / dayMs)}`

const inOrder = (readings: Iterable<readonly [string, Reading]>): Reading[] =>
  [...readings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reading]) => reading)

/**
 * The days of a device and channel in which something changes, as whole days, sorted by their key.
 * @param before readings by their keys, and `after` likewise
 */
export const changedDays = (before: ReadonlyMap<string, Reading>, after: ReadonlyMap<string, Reading>) => {
  const changed = new Set<string>()
  for (const [key, reading] of after) if (!isSameReading(before.get(key), reading)) changed.add(dayOf(reading))
  for (const [key, reading] of before) if (!after.has(key)) changed.add(dayOf(reading))
  const isChanged = ([, reading]: readonly [string, Reading]) => changed.has(dayOf(reading))
  return { daysBefore: inOrder([...before].filter(isChanged)), daysAfter: inOrder([...after].filter(isChanged)) }
}
