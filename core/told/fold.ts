import type { MeterEvent } from '../readings/events.ts'
import { mergeAll } from '../readings/merge.ts'
import { isSameReading, type Reading, readingKey } from '../readings/reading.ts'
import { readingsOf, type ToldPeriod } from './decide.ts'
import { besideLate } from './standing.ts'
import { countTold, type ToldRow } from './told.ts'

/** What is folded of one device at a time. */
export interface Folding {
  /** The rows that end here. */
  readonly rows: readonly ToldRow[]
  /** Whether each of them takes the place of all else that its message has left. */
  readonly areLate: boolean
  /** Parts of histories in rows of later days, which may belong to a series that one of `rows` opens. */
  readonly parts: readonly ToldRow[]
  readonly periods: readonly ToldPeriod[]
  /** Readings that workers of before wrote one by one: they end here too. */
  readonly ofBefore: readonly Reading[]
  /** What the rows of the days concerned hold already. */
  readonly decided: readonly Reading[]
}

/** How the days of a device change; each list sorted by channel and instant. */
export interface Folded {
  /** Readings of the days that change, as they were and as they are now: whole days. */
  readonly before: readonly Reading[]
  readonly after: readonly Reading[]
  /** Indexes that lost, and those of before that hold now. */
  readonly conflicts: readonly MeterEvent[]
  readonly held: readonly MeterEvent[]
  /** What `GET /v1/flow` counts too many: a reading is counted as told while its row is there, and once when it is decided. */
  readonly readings: number
}

const dayMs = 86_400_000
const dayOf = ({ channel, readAtMs }: Reading): string => `${channel} ${Math.floor(readAtMs / dayMs)}`

/** What a row tells of a series that another row opened. */
const partAlone = (row: ToldRow): ToldRow => ({ ...row, told: { indexes: [], runs: [], part: row.told.part } })

/** The readings that `rows` tell, where they stand. */
export const foldedReadings = ({ rows, parts, periods }: Pick<Folding, 'rows' | 'parts' | 'periods'>): Reading[] =>
  readingsOf(parts.length === 0 ? rows : [...rows, ...parts.map(partAlone)], periods)

/** Merges what ends here into the days of the device: the result does not depend on what was folded before. */
export const fold = (folding: Folding, told = foldedReadings(folding)): Folded => {
  const { rows, areLate, ofBefore, decided } = folding
  const staying = areLate ? besideLate(decided, rows, told) : decided
  const { readings, conflicts } = mergeAll([...staying, ...ofBefore, ...told])
  const was = new Map(decided.map((reading) => [readingKey(reading), reading]))
  const changed = new Set(readings.filter((r) => !isSameReading(was.get(readingKey(r)), r)).map(dayOf))
  if (staying.length < decided.length) {
    const now = new Set(readings.map(readingKey))
    for (const reading of decided) if (!now.has(readingKey(reading))) changed.add(dayOf(reading))
  }
  const before = decided.filter((reading) => changed.has(dayOf(reading)))
  const after = readings.filter((reading) => changed.has(dayOf(reading)))
  return {
    before,
    after,
    conflicts,
    // only beside what was there can an index hold that had lost
    held:
      decided.length + ofBefore.length === 0
        ? []
        : after.filter((now) => was.get(readingKey(now))?.index !== now.index).map(conflictOf),
    readings: after.length - before.length - ofBefore.length - rows.reduce((sum, { told }) => sum + countTold(told), 0),
  }
}

const conflictOf = ({ deviceId, channel, readAtMs, index }: Reading): MeterEvent => ({
  deviceId,
  atMs: readAtMs,
  kind: 'index_conflict',
  channel,
  value: index,
  messageId: null,
})
