import type pg from 'pg'
import type { ApiStore } from '../../../core/api/store.ts'
import { byEventKey, type MeterEvent } from '../../../core/readings/events.ts'
import { eventsStanding, standingOf } from '../../../core/told/standing.ts'
import { milliseconds } from '../sql/rows.ts'
import { inTransaction } from '../sql/transaction.ts'
import { readingsOfDays } from '../told/day-rows.ts'
import { beginReading, loadIndexes } from '../told/load.ts'
import { beyond, lowest } from './columns.ts'

const keptEvents = `
  SELECT device_id AS "deviceId", ${milliseconds('at')} AS "atMs", kind, channel, value::float8 AS value,
    message_id AS "messageId"
  FROM event
  WHERE device_id = $1 AND at >= $2 AND at < $3 AND (at, kind, channel, value) > ($4::timestamptz, $5, $6, $7)
  ORDER BY at, kind, channel, value LIMIT $8`

/** Nothing stands in rows before this: an empty span of days. */
const noDay = { fromMs: 0, toMs: -1 }

/** What rows of open days tell, merged with the closed days that they speak of too. */
const standing = async (client: pg.PoolClient, deviceId: string) => {
  const indexes = (await loadIndexes(client, [deviceId], noDay)).get(deviceId)
  if (!indexes || indexes.open.length + indexes.late.length === 0) return { readings: [], conflicts: [] }
  const told = standingOf(indexes).readings
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { readAtMs } of told) [fromMs, toMs] = [Math.min(fromMs, readAtMs), Math.max(toMs, readAtMs)]
  if (told.length === 0) return { readings: [], conflicts: [] }
  const decided = await readingsOfDays(client, [deviceId], { fromMs, toMs })
  return standingOf({ ...indexes, decided: [...indexes.decided, ...decided] })
}

/** Conflicts of open days are computed here, and kept when the day is closed: the same list in both states. */
export const eventsOf =
  (pool: pg.Pool): ApiStore['eventsOf'] =>
  (deviceId, { fromMs, toMs, after, limit }) =>
    inTransaction(
      pool,
      async (client) => {
        const [afterMs = null, kind = '', channel = '', value = 0] = (after ?? []) as [
          number?,
          string?,
          string?,
          number?,
        ]
        const stands = await standing(client, deviceId)
        // a kept conflict whose index holds now is none: so many more may be needed for a page
        const kept = await client.query<MeterEvent>(keptEvents, [
          deviceId,
          lowest(fromMs),
          beyond(toMs),
          lowest(afterMs),
          kind,
          channel,
          value,
          limit + stands.readings.length,
        ])
        const from = {
          deviceId,
          atMs: afterMs ?? Number.NEGATIVE_INFINITY,
          kind,
          channel,
          value,
          messageId: null,
        } as MeterEvent
        const isOnPage = (event: MeterEvent) =>
          event.atMs >= (fromMs ?? -Infinity) && event.atMs < (toMs ?? Infinity) && byEventKey(event, from) > 0
        return eventsStanding(kept.rows, stands).filter(isOnPage).sort(byEventKey).slice(0, limit)
      },
      beginReading,
    )
