import type pg from 'pg'
import { byKey, type Row, rowOf, valuesOf } from '../../../adapters/postgres/told/write.ts'
import { sha256 } from '../../../adapters/process/ids.ts'
import { messageId } from '../../../core/message/identity.ts'
import type { RawItem, Uplink } from '../../../core/message/uplink.ts'
import type { Reading } from '../../../core/readings/reading.ts'
import { readingsOf as readingsTold } from '../../../core/told/decide.ts'
import { decodeMessage } from '../../../core/told/decode-message.ts'
import type { Decoding } from '../../../core/told/decoding.ts'
import { unpackTold } from '../../../core/told/pack.ts'
import { decoder } from '../../../test/support/pipeline.ts'
import type { Fleet } from '../fleet.ts'
import { copyBinary } from './copy-binary.ts'

const slicesOf = <T>(rows: readonly T[], batch: number): T[][] =>
  Array.from({ length: Math.ceil(rows.length / batch) }, (_, i) => rows.slice(i * batch, (i + 1) * batch))

/** Rows of messages as one statement, from arrays. */
export const insertOfArrays = `
  INSERT INTO told (hour, device_id, message_id, received_at, told)
  SELECT unnest($1::smallint[]), unnest($2::text[]), unnest($3::uuid[]), unnest($4::timestamptz[]), unnest($5::bytea[])`

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

/** What the pulse step makes of a message. @throws Error if it does not decode: a benchmark of rejects says nothing */
const decodingOf = (
  { profile, samplePeriodSeconds }: Fleet,
  uplink: Uplink,
): Decoding & { readonly told: Uint8Array } => {
  const decoding = decodeMessage(decoder, { ...uplink, id: idOf(uplink), profile, samplePeriodSeconds })
  const { told } = decoding
  if (told === null) throw new Error(`${profile} does not decode a frame of the benchmark`)
  return { ...decoding, told }
}

/** What messages tell, a packed row each, in the order of the table's key. */
export const rowsOf = (fleet: Fleet, uplinks: readonly Uplink[]): Row[] =>
  uplinks.map((uplink) => rowOf(decodingOf(fleet, uplink))).sort(byKey)

/** What a message tells, each index of it as a reading. */
export const readingsOf = (fleet: Fleet, uplink: Uplink): Reading[] => {
  const { message, told } = decodingOf(fleet, uplink)
  const { id: messageId, deviceId, receivedAtMs } = message
  return readingsTold([{ messageId, deviceId, receivedAtMs, told: unpackTold(told) }], [])
}

/** Makes all rows first; what is measured is one plain insert a batch, of rows sorted by key. */
export const insertRows = (pool: pg.Pool, fleet: Fleet, log: readonly RawItem[], batch: number) => {
  const parameters = slicesOf(log as readonly Uplink[], batch).map((uplinks) => valuesOf(rowsOf(fleet, uplinks)))
  return async () => {
    for (const values of parameters) await pool.query(insertOfArrays, values)
  }
}
