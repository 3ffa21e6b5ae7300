import type pg from 'pg'
import type { MeterEvent } from '../../../core/readings/events.ts'
import type { Reading } from '../../../core/readings/reading.ts'
import { needsOthers } from '../../../core/told/decide.ts'
import { unpackTold } from '../../../core/told/pack.ts'
import type { KeptIndexes } from '../../../core/told/standing.ts'
import type { ToldRow } from '../../../core/told/told.ts'
import { milliseconds } from '../sql/rows.ts'
import { samplePeriods } from '../tables/sample-periods.ts'
import { always, readingsOfDays, type Span } from './day-rows.ts'
import { type Devices, devicesValue, isRange, ofDevices } from './devices.ts'

type Database = Pick<pg.ClientBase, 'query'>

export interface RowColumns {
  readonly message_id: string
  readonly device_id: string
  readonly received_at: number
  readonly told: Buffer
}

export const rowColumns = `message_id, device_id, ${milliseconds('received_at')} AS received_at, told`

export const toldRowOf = (row: RowColumns): ToldRow => ({
  messageId: row.message_id,
  deviceId: row.device_id,
  receivedAtMs: row.received_at,
  told: unpackTold(row.told),
})

/** Readings as rows, which workers of before wrote; upkeep folds them. */
export const rowsOfBefore = ['reading_open', 'reading_late'] as const

/** Columns of a reading, under the names of the core. */
export const readingColumns = `device_id AS "deviceId", channel, ${milliseconds('read_at')} AS "readAtMs",
  ${milliseconds('received_at')} AS "receivedAtMs", index::float8 AS index, quality, message_id AS "messageId"`

const ofBefore = (devices: Devices) =>
  rowsOfBefore
    .map(
      (table) => `SELECT ${readingColumns} FROM ${table}
        WHERE ${ofDevices('device_id', devices)} AND channel = ANY('{A,B,C}') AND read_at >= $2 AND read_at <= $3`,
    )
    .join(' UNION ALL ')

/**
 * Packed rows of devices, whether of an open day or late. The key begins with the hour: a range of devices is a range of
 * each, and the few rows of a single device are found by skipping from hour to hour.
 */
const rowsOf = (devices: Devices) => `
  SELECT ${rowColumns}, false AS late
  ${
    isRange(devices)
      ? `FROM generate_series(0, 23) AS h (hour), LATERAL (
           SELECT * FROM told t WHERE t.hour = h.hour::smallint AND ${ofDevices('t.device_id', devices)}) AS told`
      : `FROM told WHERE ${ofDevices('device_id', devices)}`
  }
  UNION ALL SELECT ${rowColumns}, true FROM told_late WHERE ${ofDevices('device_id', devices)}`

const instantOf = (ms: number) => new Date(ms).toISOString()

/**
 * All that is kept of the indexes of some devices: every row, and the decided readings of a span.
 * @param client in a transaction that sees one state (`beginReading`)
 */
export const loadIndexes = async (
  client: Database,
  devices: Devices,
  span: Span = always,
): Promise<ReadonlyMap<string, KeptIndexes>> => {
  const value = devicesValue(devices)
  const { rows } = await client.query<RowColumns & { late: boolean }>(rowsOf(devices), [value])
  const decided = await readingsOfDays(client, devices, span)
  const before = await client.query<Reading>(ofBefore(devices), [value, instantOf(span.fromMs), instantOf(span.toMs)])
  const open = rows.filter(({ late }) => !late).map(toldRowOf)
  const late = rows.filter((row) => row.late).map(toldRowOf)
  const asking = [...new Set([...open, ...late].filter(needsOthers).map(({ deviceId }) => deviceId))]
  const periods = asking.length > 0 ? await samplePeriods(client, asking) : []
  return byDevice({ open, late, decided, ofBefore: before.rows, periods })
}

const ofDevice = ({ deviceId }: { readonly deviceId: string }) => deviceId

/** What is kept of several devices, by device, in no order. */
export const byDevice = ({
  open,
  late,
  decided,
  ofBefore,
  periods,
}: KeptIndexes & {
  readonly periods: readonly Pick<MeterEvent, 'deviceId' | 'atMs' | 'value'>[]
}): ReadonlyMap<string, KeptIndexes> => {
  const [opens, lates] = [Map.groupBy(open, ofDevice), Map.groupBy(late, ofDevice)]
  const [decideds, befores] = [Map.groupBy(decided, ofDevice), Map.groupBy(ofBefore, ofDevice)]
  const periodsOf = Map.groupBy(periods, ofDevice)
  const ids = new Set([opens, lates, decideds, befores].flatMap((group) => [...group.keys()]))
  return new Map(
    [...ids].map((deviceId) => [
      deviceId,
      {
        open: opens.get(deviceId) ?? [],
        late: lates.get(deviceId) ?? [],
        decided: decideds.get(deviceId) ?? [],
        ofBefore: befores.get(deviceId) ?? [],
        periods: periodsOf.get(deviceId) ?? [],
      },
    ]),
  )
}

/**
 * Begins a transaction that sees one state of all tables. Closing empties one, which a snapshot does not show as it was:
 * held from the start, it cannot happen behind this one's back.
 */
export const beginReading =
  'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; LOCK TABLE told, reading_open IN ACCESS SHARE MODE'
