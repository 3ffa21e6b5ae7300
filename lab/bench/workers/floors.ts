import type pg from 'pg'
import { bigints, instants, texts, uuids } from '../../../adapters/postgres/sql/arrays.ts'
import { sortedBy } from '../../../adapters/postgres/sql/rows.ts'
import { sha256 } from '../../../adapters/process/ids.ts'
import { profiles } from '../../../core/devices/index.ts'
import { messageId } from '../../../core/message/identity.ts'
import type { RawItem, Uplink } from '../../../core/message/uplink.ts'
import { type Reading, readingKey } from '../../../core/readings/reading.ts'
import type { Fleet } from '../fleet.ts'
import { copyBinary } from './copy-binary.ts'

const slicesOf = <T>(rows: readonly T[], batch: number): T[][] =>
  Array.from({ length: Math.ceil(rows.length / batch) }, (_, i) => rows.slice(i * batch, (i + 1) * batch))

const epochSecondsOf = ({ timeSeconds }: Uplink) => timeSeconds ?? 0

const idOf = (uplink: Uplink) => messageId(sha256, uplink, epochSecondsOf(uplink) * 1000)

/** Makes all rows first. The measured work only hands them to PostgreSQL, by COPY into the same table. */
export const copyMessages = (pool: pg.Pool, log: readonly RawItem[], batch: number): (() => Promise<void>) => {
  const copies = slicesOf(log as readonly Uplink[], batch).map((uplinks) =>
    copyBinary(
      uplinks.map((uplink) => [
        { uuid: idOf(uplink) },
        { instantMs: uplink.receivedAtMs },
        { int4: uplink.seqNumber },
        { text: uplink.kind },
        { text: uplink.deviceId },
        { bytes: uplink.payload },
      ]),
    ),
  )
  return async () => {
    const client = await pool.connect()
    for (const copy of copies) await copy(client, 'COPY message FROM STDIN (FORMAT binary)')
    client.release()
  }
}

/** The readings in a message. */
export const readingsOf = ({ profile, samplePeriodSeconds }: Fleet, uplink: Uplink): Reading[] => {
  const frame = profiles.get(profile)?.decode(uplink.payload, { samplePeriodSeconds })
  if (!frame || typeof frame === 'string') throw new Error(`${profile} does not decode a frame of the benchmark.`)
  const { deviceId, receivedAtMs } = uplink
  const id = idOf(uplink)
  return frame.indexes.map(({ channel, index, timeSeconds, ageSeconds, quality }) => {
    const readAtMs = ((timeSeconds ?? epochSecondsOf(uplink)) - ageSeconds) * 1000
    return { deviceId, channel, readAtMs, index, quality, receivedAtMs, messageId: id }
  })
}

/** Makes all readings first. The measured work is one sorted insert a batch that leaves existing rows as they are. */
export const upsertReadings = (pool: pg.Pool, fleet: Fleet, log: readonly RawItem[], batch: number) => {
  const parameters = slicesOf(log as readonly Uplink[], batch).map((uplinks) => {
    const rows = sortedBy(
      uplinks.flatMap((uplink) => readingsOf(fleet, uplink)),
      readingKey,
    )
    return [
      texts(rows.map(({ deviceId }) => deviceId)),
      texts(rows.map(({ channel }) => channel)),
      instants(rows.map(({ readAtMs }) => readAtMs)),
      bigints(rows.map(({ index }) => index)),
      instants(rows.map(({ receivedAtMs }) => receivedAtMs)),
      uuids(rows.map(({ messageId }) => messageId)),
    ]
  })
  return async () => {
    for (const values of parameters)
      await pool.query(
        `INSERT INTO reading_open (device_id, channel, read_at, index, quality, received_at, message_id)
         SELECT device_id, channel, read_at, index, 'measured', received_at, message_id
         FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::timestamptz[], $6::uuid[])
           AS t (device_id, channel, read_at, index, received_at, message_id)
         ON CONFLICT DO NOTHING`,
        values,
      )
  }
}
