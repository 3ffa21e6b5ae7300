import { eventKey, type MeterEvent } from '../readings/events.ts'
import { mergeAll } from '../readings/merge.ts'
import { type Reading, readingKey } from '../readings/reading.ts'
import { readingsOf, type ToldPeriod } from './decide.ts'
import type { ToldRow } from './told.ts'

/** All that is kept of one device's indexes, in whichever form. */
export interface KeptIndexes {
  /** Of messages of open days. */
  readonly open: readonly ToldRow[]
  /** Of messages that came late: each takes the place of what its message has left elsewhere. */
  readonly late: readonly ToldRow[]
  /** Decided when their messages' days were closed. */
  readonly decided: readonly Reading[]
  /** Readings that workers of before wrote one by one. */
  readonly ofBefore: readonly Reading[]
  readonly periods: readonly ToldPeriod[]
}

/**
 * What remains of decided readings beside late rows. A message that stood at a later receipt has left a reading where it
 * tells none any more; what it still tells may have been told by others too, and stays.
 */
export const besideLate = (
  decided: readonly Reading[],
  late: readonly ToldRow[],
  told: readonly Reading[],
): Reading[] => {
  const ids = new Set(late.map(({ messageId }) => messageId))
  const ownSlot = (reading: Reading) => `${reading.messageId} ${readingKey(reading)}`
  const slots = new Set(told.flatMap((reading) => (ids.has(reading.messageId) ? [ownSlot(reading)] : [])))
  return decided.filter((reading) => !ids.has(reading.messageId) || slots.has(ownSlot(reading)))
}

/**
 * What stands: one reading for each channel and instant, in order, and every other index that was told of it, as an
 * event. The same whatever the form in which a message is kept.
 */
export const standingOf = ({ open, late, decided, ofBefore, periods }: KeptIndexes) => {
  const settled = ofBefore.length === 0 ? decided : [...decided, ...ofBefore]
  if (late.length === 0) return mergeAll([...settled, ...readingsOf(open, periods)])
  const ids = new Set(late.map(({ messageId }) => messageId))
  const told = readingsOf([...open.filter(({ messageId }) => !ids.has(messageId)), ...late], periods)
  return mergeAll([...besideLate(settled, late, told), ...told])
}

const slotOf = (event: MeterEvent) => readingKey({ ...event, readAtMs: event.atMs })

/**
 * The events of a device: those kept, and the conflicts of what is not folded yet. A kept conflict whose index holds now
 * is none.
 */
export const eventsStanding = (
  kept: readonly MeterEvent[],
  { readings, conflicts }: ReturnType<typeof standingOf>,
): MeterEvent[] => {
  const held = new Map(readings.map((reading) => [readingKey(reading), reading.index]))
  const events = new Map<string, MeterEvent>()
  for (const event of [...kept, ...conflicts])
    if (event.kind !== 'index_conflict' || held.get(slotOf(event)) !== event.value) events.set(eventKey(event), event)
  return [...events.values()]
}
