import type pg from 'pg'
import { postgresReplayStore } from '../../adapters/postgres/replay/store.ts'
import { postgresMessageStore } from '../../adapters/postgres/write/message-store.ts'
import { postgresReadingStore } from '../../adapters/postgres/write/reading-store.ts'
import { sha256 } from '../../adapters/process/ids.ts'
import type { DecoderPorts } from '../../core/decode/decode-message.ts'
import { profileOfDatagram, profiles } from '../../core/devices/index.ts'
import { countPulses } from '../../core/ingest/count-pulses.ts'
import { storeRaw } from '../../core/ingest/store-raw.ts'
import type { MessageId } from '../../core/message/identity.ts'
import { type Lane, laneOf, uplinkKinds } from '../../core/message/lane.ts'
import type { Stream } from '../../core/message/stream.ts'
import type { RawItem } from '../../core/message/uplink.ts'
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

/** Everything that was kept, as text: two databases with the same text hold the same. */
export const contents = async (pool: pg.Pool): Promise<Record<string, string[]>> => {
  const tables = ['message', 'decoding', 'reading', 'event', 'reject']
  const text: Record<string, string[]> = {}
  for (const table of tables) {
    const { rows } = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t ORDER BY 1`)
    text[table] = rows.map(({ row }) => row)
  }
  return text
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
    `SELECT count(*)::int AS stored, count(*) FILTER (WHERE d.state = 'decoded')::int AS decoded,
       count(*) FILTER (WHERE d.state = 'rejected')::int AS undecoded, count(*) FILTER (WHERE d.state IS NULL)::int AS pending
     FROM message m LEFT JOIN decoding d ON d.message_id = m.id WHERE m.kind::text = ANY($1)`,
    [kinds],
  )
  return { flow: rows[0] ?? {}, tables: counted.rows[0] ?? {} }
}

/** Deletes all readings, wherever they stand. */
export const clearReadings = 'DELETE FROM reading_open; DELETE FROM reading_late; DELETE FROM reading_day'

/** Empties every table that messages fill, and the counters. */
export const clear = async (pool: pg.Pool): Promise<void> => {
  await pool.query(`DELETE FROM message; DELETE FROM decoding; ${clearReadings}; DELETE FROM event; DELETE FROM reject`)
  await pool.query(
    `UPDATE flow SET raw_received = 0, raw_stored = 0, raw_duplicates = 0, raw_rejected = 0, pulse_decoded = 0,
       pulse_rejected = 0, readings = 0`,
  )
}
