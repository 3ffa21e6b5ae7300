import type pg from 'pg'
import type { Slice } from '../../../core/api/parameters.ts'
import type { ApiStore, ReadingRow } from '../../../core/api/store.ts'
import type { Reading } from '../../../core/readings/reading.ts'
import { standingOf } from '../../../core/told/standing.ts'
import { inTransaction } from '../sql/transaction.ts'
import { always, dayOf, type Span } from '../told/day-rows.ts'
import { beginReading, loadIndexes } from '../told/load.ts'

const dayMs = 86_400_000

/** The days until one that has as many readings behind the first as a page takes: more days need not be looked at. */
const daysOfPage = `
  SELECT (day - date '1970-01-01')::int AS day FROM (
    SELECT day, sum(cardinality(at)) OVER (ORDER BY day) AS readings FROM reading_day
    WHERE device_id = $1 AND channel = ANY('{A,B,C}') AND day > $2 AND day <= $3) AS days
  WHERE readings >= $4 ORDER BY day LIMIT 1`

const spanOf = ({ fromMs, toMs }: Slice): Span => ({ fromMs: fromMs ?? always.fromMs, toMs: toMs ?? always.toMs })

const isWithin = ({ readAtMs }: Reading, { fromMs, toMs }: Span) => readAtMs >= fromMs && readAtMs < toMs

/** What stands of a device within a span, sorted by channel and instant. */
const standing = async (client: pg.PoolClient, deviceId: string, span: Span): Promise<Reading[]> => {
  const indexes = (await loadIndexes(client, [deviceId], span)).get(deviceId)
  return indexes ? standingOf(indexes).readings.filter((reading) => isWithin(reading, span)) : []
}

/**
 * Indexes are 48 bits wide, so none is beyond what JSON's numbers hold exactly; one that were would be an error here and
 * never a rounded number. @throws RangeError beyond 2^53
 */
const exact = (reading: Reading): ReadingRow => {
  if (!Number.isSafeInteger(reading.index)) throw new RangeError(`${reading.index} in the database is beyond 2^53`)
  return reading
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** By time, then channel. Rows of open days are merged with the days that may be on the page, and no further. */
export const readingsOf =
  (pool: pg.Pool): ApiStore['readingsOf'] =>
  (deviceId, slice) =>
    inTransaction(
      pool,
      async (client): Promise<ReadingRow[]> => {
        const [afterMs = always.fromMs, afterChannel = ''] = (slice.after ?? []) as [number?, string?]
        const asked = spanOf(slice)
        const fromMs = Math.max(asked.fromMs, afterMs)
        const ends = await client.query<{ day: number }>(daysOfPage, [
          deviceId,
          dayOf(fromMs),
          dayOf(asked.toMs),
          slice.limit,
        ])
        const lastDay = ends.rows[0]?.day
        const toMs = lastDay === undefined ? asked.toMs : Math.min(asked.toMs, (lastDay + 1) * dayMs)
        const readings = await standing(client, deviceId, { fromMs, toMs })
        return readings
          .filter(({ readAtMs, channel }) => readAtMs > afterMs || channel > afterChannel)
          .sort((a, b) => a.readAtMs - b.readAtMs || byText(a.channel, b.channel))
          .slice(0, slice.limit)
          .map(exact)
      },
      beginReading,
    )

/** Devices looked at together: as many as a page may need, and few enough to be held. */
const [fewest, most] = [1, 4_096]

/** In the order of device, channel and instant, for exports. */
export const allReadings =
  (pool: pg.Pool): ApiStore['readings'] =>
  (slice) =>
    inTransaction(
      pool,
      async (client): Promise<ReadingRow[]> => {
        const [device = '', channel = '', afterMs = always.fromMs] = (slice.after ?? []) as [string?, string?, number?]
        const span = spanOf(slice)
        const page: Reading[] = device === '' ? [] : await standing(client, device, span)
        const isBehind = (reading: Reading) =>
          reading.channel > channel || (reading.channel === channel && reading.readAtMs > afterMs)
        const rows = page.filter(isBehind)
        let [after, count] = [device, fewest]
        while (rows.length < slice.limit) {
          const next = await client.query<{ device_id: string }>('SELECT device_id FROM devices_behind($1, $2)', [
            after,
            count,
          ])
          const ids = next.rows.map(({ device_id }) => device_id)
          const last = ids.at(-1)
          if (last === undefined) break
          const indexes = await loadIndexes(client, { after, last }, span)
          const before = rows.length
          for (const id of ids) {
            const kept = indexes.get(id)
            if (kept) for (const reading of standingOf(kept).readings) if (isWithin(reading, span)) rows.push(reading)
          }
          if (ids.length < count) break
          after = last
          if (rows.length - before < slice.limit / 4) count = Math.min(count * 2, most)
        }
        return rows.slice(0, slice.limit).map(exact)
      },
      beginReading,
    )
