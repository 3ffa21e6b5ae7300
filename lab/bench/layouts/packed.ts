import type pg from 'pg'
import { readingsOf } from '../../../adapters/postgres/api/readings.ts'
import { closeDays } from '../../../adapters/postgres/closed-days/close.ts'
import { byKey, type Row, writeTold } from '../../../adapters/postgres/told/write.ts'
import type { Channel } from '../../../core/message/channel.ts'
import { timeOfId } from '../../../core/message/identity.ts'
import { packTold } from '../../../core/told/pack.ts'
import type { Told, ToldIndex, ToldInstant } from '../../../core/told/told.ts'
import type { BenchDatabase } from '../measure/database.ts'
import { rowsOf } from '../workers/floors.ts'
import { type Shape, startOf } from './fleet-readings.ts'
import { columns } from './layouts.ts'
import type { Store } from './store.ts'

const daySeconds = 86_400
const limit = 10_000
const longestCloseMs = 3_600_000

interface ToldReading {
  readonly device_id: string
  readonly message_id: string
  readonly channel: Channel
  readonly index: number
  readonly quality: ToldIndex['quality']
  readonly seconds: number
  readonly received_ms: number
}

/** What a round told, by message, the newest sample first. */
const toldInRound = `
  SELECT device_id, message_id, channel, index::float8 AS index, quality,
    date_part('epoch', max(read_at) OVER (PARTITION BY message_id) - read_at) AS seconds,
    round(date_part('epoch', received_at) * 1000) AS received_ms
  FROM fleet_reading WHERE round = $1 ORDER BY message_id, channel, read_at DESC`

const atMessage = (seconds: number): ToldInstant => ({ base: 'message', seconds })

/** As the decoder keeps it: samples of a known period stay differences. */
const toldOf = (readings: readonly ToldReading[], periodSeconds: number | null): Told => {
  const indexes = readings.map(
    ({ channel, index, quality, seconds }): ToldIndex => ({ channel, index, quality, at: atMessage(seconds) }),
  )
  const [newest] = indexes
  if (periodSeconds === null || !newest) return { indexes, runs: [], part: null }
  const deltas = indexes.slice(1).map(({ index }, k) => (indexes[k]?.index ?? 0) - index)
  const { channel, index, at } = newest
  return { indexes: [newest], runs: [{ channel, index, at, periodSeconds, deltas }], part: null }
}

const rowOf = (readings: readonly ToldReading[], periodSeconds: number | null): Row => {
  const [{ device_id, message_id, received_ms }] = readings as [ToldReading]
  return {
    deviceId: device_id,
    messageId: message_id,
    receivedAtMs: received_ms,
    hour: Math.floor(timeOfId(message_id) / 3_600_000) % 24,
    told: packTold({ code: 1, revision: 1 }, toldOf(readings, periodSeconds)),
  }
}

const writeRows = async (pool: pg.Pool, rows: readonly Row[]) => {
  const client = await pool.connect()
  try {
    await writeTold(client, rows, false)
  } finally {
    client.release()
  }
}

/** The layout of `db/` and the code that works on it: a packed row a message, folded into day rows. */
export const packedStore = ({ worker, owner }: BenchDatabase, shape: Shape): Store => ({
  name: 'packed rows, closed days as day rows',
  tables: ['told', 'reading_day'],
  view: `SELECT ${columns} FROM reading`,
  make: async () => {
    await owner.query('TRUNCATE told, told_late, reading_day, decoding, event')
    await owner.query('UPDATE closed_days SET before = to_timestamp($1)', [startOf(shape)])
    await owner.query('SELECT ensure_partitions($1, 20), ensure_open_days(20)', [shape.days + 3])
  },
  fill: async (round) => {
    const { rows } = await worker.query<ToldReading>(toldInRound, [round])
    const messages = Map.groupBy(rows, ({ message_id }) => message_id)
    const { samplePeriodSeconds } = shape.fleet
    await writeRows(worker, [...messages.values()].map((readings) => rowOf(readings, samplePeriodSeconds)).sort(byKey))
  },
  write: (fleet, uplinks) => {
    const rows = rowsOf(fleet, uplinks)
    return () => writeRows(worker, rows)
  },
  // it closes what is before yesterday
  close: (day) => closeDays(owner, longestCloseMs, (day + 2 * daySeconds) * 1000),
  read: (deviceId, from, to) =>
    readingsOf(worker)(deviceId, { fromMs: from.getTime(), toMs: to.getTime(), after: null, limit, silentForMs: null }),
  found: `
    SELECT told FROM told WHERE device_id = $1
    UNION ALL SELECT NULL FROM reading_day
    WHERE device_id = $1 AND channel = ANY('{A,B,C}')
      AND day BETWEEN ($2::timestamptz AT TIME ZONE 'UTC')::date AND ($3::timestamptz AT TIME ZONE 'UTC')::date`,
  drop: () => owner.query('TRUNCATE told, reading_day, decoding, event'),
})
