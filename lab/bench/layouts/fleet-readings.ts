import type pg from 'pg'
import { adeunisDays, dragino, type Fleet, firstSecond, sigfoxData } from '../fleet.ts'
import type { Store } from './store.ts'

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
 * What the fleet told in the days before, made by the server: each round is a message of each device. Of the records
 * behind the first some have another index than when they were told before, and some another quality: all of them where
 * they are told as differences.
 */
export const tell = async (client: pg.Pool, shape: Shape): Promise<void> => {
  const { fleet, devices, recordSeconds } = shape
  const ids = Array.from({ length: devices }, (_, device) => fleet.deviceId(device))
  await client.query('DROP TABLE IF EXISTS fleet_reading')
  await client.query(`CREATE UNLOGGED TABLE fleet_reading (round integer, device_id text COLLATE "C", channel text COLLATE "C",
    read_at timestamptz, index bigint, quality reading_quality, received_at timestamptz, message_id uuid)`)
  await client.query(
    `INSERT INTO fleet_reading
     SELECT round, device_id, channel, to_timestamp(at - record * $6::bigint),
       (at - record * $6) / 30 + (record > 0 AND hashint8(at + record) % 50 = 0)::int,
       (CASE WHEN record > 0 AND ($9 OR hashint8(at - record) % 10 = 0) THEN 'derived' ELSE 'measured' END)::reading_quality,
       to_timestamp(at + 2 + (hashint8(at) & 1023) / 1000.0), (lpad(to_hex(at * 1000), 12, '0') || '8' || substr(md5(device_id || at), 1, 3) || 'a' || substr(md5(device_id || at), 5, 15))::uuid
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
      fleet.samplePeriodSeconds !== null,
    ],
  )
  await client.query('CREATE INDEX ON fleet_reading (round)')
  await client.query('ANALYZE fleet_reading')
}

export const storedBytes = async (client: pg.Pool, { tables }: Store): Promise<number> => {
  const { rows } = await client.query(
    `SELECT sum(pg_total_relation_size(part)) AS bytes FROM (
       SELECT coalesce(p.relid, t) AS part FROM unnest($1::regclass[]) AS t LEFT JOIN LATERAL pg_partition_tree(t) AS p ON true
     ) AS parts`,
    [tables],
  )
  return Number(rows[0].bytes)
}

/**
 * Stores what was told, round by round. At each midnight it closes the day before the one that ends (devices also report
 * yesterday), and vacuums.
 * @returns the bytes that were stored at the end of the first and of the last whole day
 */
export const fill = async (
  owner: pg.Pool,
  shape: Shape,
  store: Store,
  close: (work: () => Promise<unknown>) => Promise<void>,
): Promise<{ readonly afterADay: number; readonly atTheEnd: number }> => {
  const stored = { afterADay: 0, atTheEnd: 0 }
  for (let round = 0; round < roundsOf(shape); round++) {
    await store.fill(round)
    if ((round + 1) % roundsADay(shape) > 0) continue
    const day = (round + 1) / roundsADay(shape)
    if (day === 1) stored.afterADay = await storedBytes(owner, store)
    else await close(async () => store.close?.(startOf(shape) + (day - 2) * daySeconds))
    await owner.query(`VACUUM ${store.tables.join(', ')}`)
    stored.atTheEnd = await storedBytes(owner, store)
  }
  return stored
}
