import type pg from 'pg'
import { longestSeriesSeconds } from '../../../core/devices/profile.ts'
import { firstIdAt, longestSigfoxId } from '../../../core/message/identity.ts'
import { type Lane, lanes } from '../../../core/message/lane.ts'
import type { Reading } from '../../../core/readings/reading.ts'
import { needsOthers } from '../../../core/told/decide.ts'
import { type Folded, type Folding, fold, foldedReadings } from '../../../core/told/fold.ts'
import { eventMs, type ToldRow } from '../../../core/told/told.ts'
import { texts } from '../sql/arrays.ts'
import { dropEvents, writeEvents } from '../tables/events.ts'
import { countFlow } from '../tables/flow.ts'
import { samplePeriods } from '../tables/sample-periods.ts'
import { dayKey, dropDays, readingsOfDays, type Span, writeDays } from '../told/day-rows.ts'
import { byDevice, type RowColumns, rowColumns, toldRowOf } from '../told/load.ts'

/** What ends in one piece of a fold: rows, late rows, or readings of workers of before, of whole devices. */
export interface Piece {
  readonly rows: readonly ToldRow[]
  readonly areLate: boolean
  readonly ofBefore: readonly Reading[]
  /** Where rows of later days begin, milliseconds since 1970; null where all rows of the devices are in the piece. */
  readonly nextDayMs: number | null
}

const partsOfNextDay = async (client: pg.ClientBase, deviceIds: readonly string[], nextDayMs: number) => {
  const { rows } = await client.query<RowColumns>(
    `SELECT ${rowColumns} FROM told WHERE device_id = ANY($1::text[]) AND message_id >= $2 AND message_id <= $3`,
    [texts(deviceIds), firstIdAt(nextDayMs), firstIdAt(nextDayMs + longestSeriesSeconds * 1000)],
  )
  return rows.map(toldRowOf).filter(({ told }) => told.part !== null)
}

/** The days of some instants; null where there are none. */
const spanOf = (instants: readonly number[]): Span | null => {
  if (instants.length === 0) return null
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const ms of instants) [fromMs, toMs] = [Math.min(fromMs, ms), Math.max(toMs, ms)]
  return { fromMs, toMs }
}

const ownerOf = ({ deviceId }: { readonly deviceId: string }) => deviceId

const laneOf = (deviceId: string): Lane => (deviceId.length <= longestSigfoxId ? 'sigfox' : 'nbiot')

/** What a fold made: rows of days, and by how much `GET /v1/flow` counts the readings of each lane otherwise. */
export interface Made {
  readonly days: number
  readonly readings: Readonly<Record<Lane, number>>
}

export const nothingMade: Made = { days: 0, readings: { sigfox: 0, nbiot: 0 } }

export const addMade = (a: Made, b: Made): Made => ({
  days: a.days + b.days,
  readings: { sigfox: a.readings.sigfox + b.readings.sigfox, nbiot: a.readings.nbiot + b.readings.nbiot },
})

/** Counts what was made: at the end of the transaction, since workers count in the same rows. */
export const countMade = async (client: pg.PoolClient, { readings }: Made): Promise<void> => {
  for (const lane of lanes) if (readings[lane] !== 0) await countFlow(client, lane, { readings: readings[lane] })
}

/** Folds a piece, within a transaction. */
export const foldPiece = async (
  client: pg.PoolClient,
  { rows, areLate, ofBefore, nextDayMs }: Piece,
): Promise<Made> => {
  const deviceIds = [...new Set([...rows, ...ofBefore].map(ownerOf))].sort()
  const asking = [...new Set(rows.filter(needsOthers).map(ownerOf))]
  const periods = asking.length === 0 ? [] : await samplePeriods(client, asking)
  const parted = [...new Set(rows.filter(({ told }) => told.part !== null).map(ownerOf))]
  const parts = parted.length === 0 || nextDayMs === null ? [] : await partsOfNextDay(client, parted, nextDayMs)
  const own = byDevice({ open: rows, late: parts, decided: [], ofBefore, periods })
  const foldings = deviceIds.map((deviceId): Omit<Folding, 'decided'> & { told: Reading[] } => {
    const kept = own.get(deviceId)
    const folding = { rows: kept?.open ?? [], parts: kept?.late ?? [], periods: kept?.periods ?? [] }
    return { ...folding, areLate, ofBefore: kept?.ofBefore ?? [], told: foldedReadings(folding) }
  })
  const instants = foldings.flatMap(({ told, ofBefore }) => [...told, ...ofBefore].map(({ readAtMs }) => readAtMs))
  // what a late row replaces may stand at any later day: at its receipt, before an earlier copy came
  if (areLate && rows.length > 0) instants.push(Date.now(), ...rows.map(eventMs))
  const span = spanOf(instants)
  const decided = span === null ? [] : await readingsOfDays(client, deviceIds, span)
  const held = Map.groupBy(decided, ownerOf)
  const folded = foldings.map((folding, i) =>
    fold({ ...folding, decided: held.get(deviceIds[i] ?? '') ?? [] }, folding.told),
  )
  await write(client, folded)
  const readings: Record<Lane, number> = { sigfox: 0, nbiot: 0 }
  folded.forEach((one, i) => {
    readings[laneOf(deviceIds[i] ?? '')] += one.readings
  })
  return { days: new Set(folded.flatMap(({ after }) => after.map(dayKey))).size, readings }
}

const write = async (client: pg.PoolClient, folded: readonly Folded[]): Promise<void> => {
  const gone = folded.flatMap(({ before }) => before)
  if (gone.length > 0) await dropDays(client, gone)
  await writeDays(
    client,
    folded.flatMap(({ after }) => after),
  )
  const conflicts = folded.flatMap(({ conflicts }) => conflicts)
  if (conflicts.length > 0) await writeEvents(client, conflicts)
  const held = folded.flatMap(({ held }) => held)
  if (held.length > 0) await dropEvents(client, held)
}
