import type pg from 'pg'
import { postgresReplayStore } from '../../adapters/postgres/replay/store.ts'
import { loadIndexes } from '../../adapters/postgres/told/load.ts'
import { postgresMessageStore } from '../../adapters/postgres/write/message-store.ts'
import { postgresReadingStore } from '../../adapters/postgres/write/reading-store.ts'
import { sha256 } from '../../adapters/process/ids.ts'
import { profileOfDatagram, profiles } from '../../core/devices/index.ts'
import { countPulses } from '../../core/ingest/count-pulses.ts'
import { storeRaw } from '../../core/ingest/store-raw.ts'
import type { MessageId } from '../../core/message/identity.ts'
import { type Lane, laneOf, uplinkKinds } from '../../core/message/lane.ts'
import type { Stream } from '../../core/message/stream.ts'
import type { RawItem } from '../../core/message/uplink.ts'
import type { MeterEvent } from '../../core/readings/events.ts'
import type { Reading } from '../../core/readings/reading.ts'
import type { DecoderPorts } from '../../core/told/decode-message.ts'
import { eventsStanding, standingOf } from '../../core/told/standing.ts'
import { memoryStream } from './memory-stream.ts'

/** Whatever decodes does so with every profile, and takes a Sigfox device that nobody registered for an Adeunis PULSE. */
export const decoder: DecoderPorts = { digest: sha256, profiles, profileOfDatagram, defaultProfile: 'adeunis-pulse@3' }

type PulsePorts = Parameters<typeof countPulses>[0]

/** The pulse worker of one lane over a real database; what a test wants otherwise comes in `ports`. */
export const pulseWorker = (pool: pg.Pool, lane: Lane, ports: Partial<PulsePorts> = {}) => {
  const stores = { store: postgresReadingStore(pool), replays: postgresReplayStore(pool) }
  return countPulses({ ...decoder, ...stores, ...ports }, lane)
}

/** A decoder whose registry and profiles know no device. */
export const ignorantDecoder = { profiles: new Map(), profileOfDatagram: () => null, defaultProfile: null } as const

/** The two stages of one lane over a real database, the bus between them in memory. */
export const pipeline = (pool: pg.Pool, lane: Lane, pulse: Stream<MessageId> = memoryStream<MessageId>()) => ({
  raw: storeRaw({ store: postgresMessageStore(pool), pulse, digest: sha256 }, lane),
  pulse: pulseWorker(pool, lane),
})

/** Runs a whole log through both stages, in batches of the given size. */
export const replay = async (pool: pg.Pool, lane: Lane, log: readonly RawItem[], batchSize = 1_000): Promise<void> => {
  const topic = memoryStream<MessageId>()
  const { raw, pulse } = pipeline(pool, lane, topic)
  for (let at = 0; at < log.length; at += batchSize) await raw(log.slice(at, at + batchSize))
  for (let at = 0; at < topic.items.length; at += batchSize) await pulse(topic.items.slice(at, at + batchSize))
}

const stateOf = `coalesce(d.state::text, CASE WHEN
    EXISTS (SELECT FROM told t WHERE t.hour = id_hour(m.id) AND t.device_id = m.device_id AND t.message_id = m.id)
    OR EXISTS (SELECT FROM told_late t WHERE t.device_id = m.device_id AND t.message_id = m.id)
  THEN 'decoded' ELSE 'pending' END)`

/** What stands of every device: its readings, and its events with the conflicts of open days among them. */
export const standing = async (pool: pg.Pool): Promise<{ readings: Reading[]; events: MeterEvent[] }> => {
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ device_id: string }>("SELECT device_id FROM devices_behind('', 1000000)")
    const ids = rows.map(({ device_id }) => device_id)
    const indexes = await loadIndexes(client, ids)
    const kept = await client.query<MeterEvent>(
      `SELECT device_id AS "deviceId", round(date_part('epoch', at) * 1000) AS "atMs", kind, channel,
         value::float8 AS value, message_id AS "messageId" FROM event`,
    )
    const byDevice = Map.groupBy(kept.rows, ({ deviceId }) => deviceId)
    const all = ids.map((id) => {
      const of = indexes.get(id)
      const stands = of ? standingOf(of) : { readings: [], conflicts: [] }
      return { readings: stands.readings, events: eventsStanding(byDevice.get(id) ?? [], stands) }
    })
    return { readings: all.flatMap(({ readings }) => readings), events: all.flatMap(({ events }) => events) }
  } finally {
    client.release()
  }
}

/**
 * Everything that was kept, as text: two databases with the same text hold the same. Of readings and events it is what
 * stands, in whichever form their messages are kept.
 */
export const contents = async (pool: pg.Pool): Promise<Record<string, string[]>> => {
  const statements = {
    message: 'SELECT t::text AS row FROM message t ORDER BY 1',
    decoding: `SELECT m.id || ' ' || ${stateOf} AS row FROM message m LEFT JOIN decoding d ON d.message_id = m.id ORDER BY 1`,
    reject: 'SELECT t::text AS row FROM reject t ORDER BY 1',
  }
  const { readings, events } = await standing(pool)
  const textOf = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort()
  const text: Record<string, string[]> = { reading: textOf(readings), event: textOf(events) }
  for (const [name, statement] of Object.entries(statements)) {
    const { rows } = await pool.query<{ row: string }>(statement)
    text[name] = rows.map(({ row }) => row)
  }
  return text
}

/**
 * How many readings the flow must count: as told by rows of messages, whether or not another tells the same, and once each
 * where their day is closed.
 */
export const countedReadings = async (pool: pg.Pool): Promise<number> => {
  const told = (table: string) => `(SELECT coalesce(sum(get_byte(told, 3) * 256 + get_byte(told, 4)), 0) FROM ${table})`
  const { rows } = await pool.query<{ readings: number }>(
    `SELECT (${told('told')} + ${told('told_late')} + (SELECT count(*) FROM reading_open) + (SELECT count(*) FROM reading_late)
       + (SELECT coalesce(sum(cardinality(at)), 0) FROM reading_day))::int AS readings`,
  )
  return rows[0]?.readings ?? 0
}

/** The flow of a lane, and what the tables themselves say of it: P37 holds where the two agree. */
export const conservation = async (pool: pg.Pool, lane: Lane) => {
  const { rows } = await pool.query<Record<string, number>>(
    `SELECT sum(raw_received)::int AS received, sum(raw_stored)::int AS stored, sum(raw_duplicates)::int AS duplicates,
       sum(raw_rejected)::int AS rejected, sum(pulse_decoded)::int AS decoded, sum(pulse_rejected)::int AS undecoded,
       sum(readings)::int AS readings FROM flow WHERE lane = $1`,
    [lane],
  )
  const kinds = uplinkKinds.filter((kind) => laneOf(kind) === lane)
  const counted = await pool.query<Record<string, number>>(
    `SELECT count(*)::int AS stored, count(*) FILTER (WHERE s.state = 'decoded')::int AS decoded,
       count(*) FILTER (WHERE s.state = 'rejected')::int AS undecoded, count(*) FILTER (WHERE s.state = 'pending')::int AS pending
     FROM message m LEFT JOIN decoding d ON d.message_id = m.id, LATERAL (SELECT ${stateOf} AS state) AS s
     WHERE m.kind::text = ANY($1)`,
    [kinds],
  )
  return { flow: rows[0] ?? {}, tables: counted.rows[0] ?? {} }
}

/** Deletes all readings, wherever they stand. */
export const clearReadings =
  'DELETE FROM told; DELETE FROM told_late; DELETE FROM reading_open; DELETE FROM reading_late; DELETE FROM reading_day'

/** Empties every table that messages fill, and the counters. */
export const clear = async (pool: pg.Pool): Promise<void> => {
  await pool.query(`DELETE FROM message; DELETE FROM decoding; ${clearReadings}; DELETE FROM event; DELETE FROM reject`)
  await pool.query(
    `UPDATE flow SET raw_received = 0, raw_stored = 0, raw_duplicates = 0, raw_rejected = 0, pulse_decoded = 0,
       pulse_rejected = 0, readings = 0`,
  )
}
