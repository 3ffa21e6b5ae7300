import type pg from 'pg'
import { bigints, instants, texts, uuids } from '../../adapters/postgres/arrays.ts'
import { sha256 } from '../../adapters/sha256.ts'
import { messageId } from '../../core/identity.ts'
import { profiles } from '../../core/profiles/index.ts'
import type { RawItem, Uplink } from '../../core/uplink.ts'
import { copyBinary } from './copy-binary.ts'
import type { Fleet } from './fleet.ts'

const slicesOf = <T>(rows: readonly T[], batch: number): T[][] =>
  Array.from({ length: Math.ceil(rows.length / batch) }, (_, i) => rows.slice(i * batch, (i + 1) * batch))

const idOf = (uplink: Uplink) => messageId(sha256, uplink, (uplink.timeSeconds ?? 0) * 1000)

/** Makes all rows first; the work that is measured only hands them to PostgreSQL, with COPY, into the same table. */
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

interface Candidate {
  readonly key: string
  readonly device: string
  readonly channel: string
  readonly atMs: number
  readonly index: number
  readonly receivedAtMs: number
  readonly id: string
}

const candidatesOf = ({ samplePeriodSeconds }: Fleet, uplink: Uplink): Candidate[] => {
  const name = uplink.kind === 'sigfox-data' ? 'adeunis-pulse@3' : 'dragino-sw3l-nb'
  const frame = profiles.get(name)?.decode(uplink.payload, { samplePeriodSeconds })
  if (!frame || typeof frame === 'string') throw new Error(`${name} does not decode a frame of the benchmark`)
  const { deviceId: device, receivedAtMs } = uplink
  const id = idOf(uplink)
  return frame.indexes.map(({ channel, index, timeSeconds, ageSeconds }) => {
    const atMs = ((timeSeconds ?? uplink.timeSeconds ?? 0) - ageSeconds) * 1000
    return { key: `${device} ${channel} ${atMs}`, device, channel, atMs, index, receivedAtMs, id }
  })
}

/** Makes all readings first; what is measured is one sorted upsert a batch that leaves what is there. */
export const upsertReadings = (pool: pg.Pool, fleet: Fleet, log: readonly RawItem[], batch: number) => {
  const parameters = slicesOf(log as readonly Uplink[], batch).map((uplinks) => {
    const rows = uplinks.flatMap((uplink) => candidatesOf(fleet, uplink)).sort((a, b) => (a.key < b.key ? -1 : 1))
    return [
      texts(rows.map(({ device }) => device)),
      texts(rows.map(({ channel }) => channel)),
      instants(rows.map(({ atMs }) => atMs)),
      bigints(rows.map(({ index }) => index)),
      instants(rows.map(({ receivedAtMs }) => receivedAtMs)),
      uuids(rows.map(({ id }) => id)),
    ]
  })
  return async () => {
    for (const values of parameters)
      await pool.query(
        `INSERT INTO reading (device_id, channel, read_at, index, quality, received_at, message_id)
         SELECT device_id, channel, read_at, index, 'measured', received_at, message_id
         FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::timestamptz[], $6::uuid[])
           AS t (device_id, channel, read_at, index, received_at, message_id)
         ON CONFLICT DO NOTHING`,
        values,
      )
  }
}
