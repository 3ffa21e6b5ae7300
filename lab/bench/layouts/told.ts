import type pg from 'pg'
import { adeunisDays, dragino, type Fleet, firstSecond, sigfoxData } from '../fleet.ts'
import type { Layout } from './layouts.ts'

/** A fleet, with enough devices for a statement of a thousand rows, and how long it has reported. */
export interface Shape {
  readonly fleet: Fleet
  readonly devices: number
  readonly days: number
  readonly recordSeconds: number
}

export const shapes: readonly Shape[] = [
  { fleet: sigfoxData, devices: 250, days: 30, recordSeconds: 0 },
  { fleet: dragino, devices: 125, days: 3, recordSeconds: 900 },
  { fleet: adeunisDays, devices: 40, days: 30, recordSeconds: 3_600 },
]

const daySeconds = 86_400
const periodSeconds = ({ fleet }: Shape) => fleet.hoursBetweenMessages * 3_600
const roundsADay = (shape: Shape) => daySeconds / periodSeconds(shape)
export const startOf = ({ days }: Shape) => firstSecond - days * daySeconds

/** Half a day is added, so that the measurement starts with a half-full day. */
const roundsOf = (shape: Shape) => Math.floor((shape.days + 0.5) * roundsADay(shape))

/** When the first message after the told ones is due. */
export const nextSecond = (shape: Shape): number => startOf(shape) + roundsOf(shape) * periodSeconds(shape)

/** Messages of the fleet in five minutes, the time between two checkpoints. */
export const messagesACheckpoint = (shape: Shape): number =>
  Math.max(1, Math.round((shape.devices * 300) / periodSeconds(shape)))

/**
 * Makes the readings that the fleet told before, on the server. Each round is a message of each device. Some of the records
 * after the first have another index or another quality than when they were told before.
 */
export const tell = async (client: pg.Pool, shape: Shape): Promise<void> => {
  const { fleet, devices, recordSeconds } = shape
  const ids = Array.from({ length: devices }, (_, device) => fleet.deviceId(device))
  await client.query('DROP TABLE IF EXISTS told')
  await client.query(`CREATE UNLOGGED TABLE told (round integer, device_id text COLLATE "C", channel text COLLATE "C",
    read_at timestamptz, index bigint, quality reading_quality, received_at timestamptz, message_id uuid)`)
  await client.query(
    `INSERT INTO told
     SELECT round, device_id, channel, to_timestamp(at - record * $6::bigint),
       (at - record * $6) / 30 + (record > 0 AND hashint8(at + record) % 50 = 0)::int,
       (CASE WHEN record > 0 AND hashint8(at - record) % 10 = 0 THEN 'derived' ELSE 'measured' END)::reading_quality,
       to_timestamp(at + 2 + (hashint8(at) & 1023) / 1000.0), md5(device_id || at)::uuid
     FROM generate_series(0, $3::int - 1) AS round, unnest($1::text[]) WITH ORDINALITY AS d (device_id, device),
       unnest($2::text[]) AS channel, generate_series(0, $5::int - 1) AS record,
       LATERAL (SELECT $4::bigint + round * $7::bigint + device * 3600 / $8::bigint AS at) AS t`,
    [
      ids,
      fleet.channels,
      roundsOf(shape),
      startOf(shape),
      fleet.readingsAMessage / fleet.channels.length,
      recordSeconds,
      periodSeconds(shape),
      devices,
    ],
  )
  await client.query('CREATE INDEX ON told (round)')
  await client.query('ANALYZE told')
}

export const storedBytes = async (client: pg.Pool, { tables }: Layout): Promise<number> => {
  const { rows } = await client.query(
    `SELECT sum(pg_total_relation_size(part)) AS bytes FROM (
       SELECT coalesce(p.relid, t) AS part FROM unnest($1::regclass[]) AS t LEFT JOIN LATERAL pg_partition_tree(t) AS p ON true
     ) AS parts`,
    [tables],
  )
  return Number(rows[0].bytes)
}

const dayText = (second: number) => new Date(second * 1000).toISOString().slice(0, 10).replaceAll('-', '')

/**
 * Stores what was told, round by round. At each midnight it closes the day before the one that ends (devices also report
 * yesterday), and vacuums.
 * @returns the bytes that were stored at the end of the first and of the last whole day
 */
export const fill = async (
  client: pg.Pool,
  shape: Shape,
  layout: Layout,
  close: (statement: string) => Promise<void>,
): Promise<{ readonly afterADay: number; readonly atTheEnd: number }> => {
  const merge = layout.merge('(SELECT * FROM told WHERE round = $1) AS told')
  const stored = { afterADay: 0, atTheEnd: 0 }
  for (let round = 0; round < roundsOf(shape); round++) {
    await client.query(merge, [round])
    if ((round + 1) % roundsADay(shape) > 0) continue
    const day = (round + 1) / roundsADay(shape)
    if (day === 1) stored.afterADay = await storedBytes(client, layout)
    else for (const one of layout.close(dayText(startOf(shape) + (day - 2) * daySeconds))) await close(one)
    await client.query(`VACUUM ${layout.tables.join(', ')}`)
    stored.atTheEnd = await storedBytes(client, layout)
  }
  return stored
}
