import type pg from 'pg'
import { OperationFault } from '../../../contract/operation-fault.ts'
import { type DecoderPorts, decodeFrame } from '../../../core/decode/decode-message.ts'
import type { MessageId } from '../../../core/message/identity.ts'
import type { Reading } from '../../../core/readings/reading.ts'
import { milliseconds } from '../sql/rows.ts'
import { loadMessages } from '../write/message-rows.ts'
import type { RegisteredDevice } from './import.ts'

const columns = `device_id AS "deviceId", network, profile, weight_millilitres AS "weightMillilitres",
  weight_pulses AS "weightPulses", sample_period_seconds AS "samplePeriodSeconds", time_zone AS "timeZone",
  meter_id AS "meterId", ${milliseconds('valid_from')} AS "validFromMs", ${milliseconds('valid_to')} AS "validToMs"`

/** Behind which registration a page of the registry begins. */
export type AfterRegistration = Pick<RegisteredDevice, 'deviceId' | 'validFromMs'>

/** Registrations by device and instant, page by page. */
export const listRegistry = async (
  pool: pg.Pool,
  { after, limit }: { after: AfterRegistration | null; limit: number },
): Promise<RegisteredDevice[]> => {
  const { rows } = await pool.query<RegisteredDevice>(
    `SELECT ${columns} FROM device WHERE (device_id, valid_from) > ($1, $2::timestamptz)
     ORDER BY device_id, valid_from LIMIT $3`,
    [after?.deviceId ?? '', after ? new Date(after.validFromMs).toISOString() : '-infinity', limit],
  )
  return rows
}

/** All registrations of a device, by instant. */
export const registrationsOf = async (pool: pg.Pool, deviceId: string): Promise<RegisteredDevice[]> => {
  const { rows } = await pool.query<RegisteredDevice>(
    `SELECT ${columns} FROM device WHERE device_id = $1 ORDER BY valid_from`,
    [deviceId],
  )
  return rows
}

/** Of each sort of configuration frame the newest, decoded, where its message is still kept; the last sent first. */
const lastConfigurations = async (pool: pg.Pool, decoder: DecoderPorts, deviceId: string) => {
  const { rows } = await pool.query<{ id: MessageId; atMs: number }>(
    `SELECT DISTINCT ON (value) message_id AS id, ${milliseconds('at')} AS "atMs" FROM event
     WHERE device_id = $1 AND kind = 'configuration' ORDER BY value, at DESC`,
    [deviceId],
  )
  const messages = await loadMessages(pool, rows.map(({ id }) => id).sort())
  const times = new Map(rows.map(({ id, atMs }) => [id, atMs]))
  return messages
    .flatMap((message) => {
      const frame = decodeFrame(decoder, message, message.samplePeriodSeconds)
      return typeof frame === 'string' ? [] : [{ atMs: times.get(message.id) ?? 0, fields: frame.fields() }]
    })
    .sort((a, b) => b.atMs - a.atMs)
}

type LastReading = Pick<Reading, 'channel' | 'readAtMs' | 'index' | 'quality'>

/** What is known of a device. @throws OperationFault where it is neither registered nor ever seen */
export const showDevice = async (pool: pg.Pool, decoder: DecoderPorts, { deviceId }: { deviceId: string }) => {
  const registrations = await registrationsOf(pool, deviceId)
  const readings = await pool.query<LastReading>(
    `SELECT DISTINCT ON (channel) channel, ${milliseconds('read_at')} AS "readAtMs", index::float8 AS index, quality
     FROM reading WHERE device_id = $1 ORDER BY channel, read_at DESC`,
    [deviceId],
  )
  const rejects = await pool.query<{ reason: string; count: number }>(
    `SELECT reason, count(*)::int AS count FROM reject WHERE device_id = $1 AND resolved_at IS NULL
     GROUP BY reason ORDER BY reason`,
    [deviceId],
  )
  const seen = await pool.query('SELECT FROM event WHERE device_id = $1 LIMIT 1', [deviceId])
  if (registrations.length + readings.rows.length + rejects.rows.length + (seen.rowCount ?? 0) === 0)
    throw new OperationFault(`Device ${deviceId} is not registered and was never seen.`)
  const configurations = await lastConfigurations(pool, decoder, deviceId)
  return { registrations, lastReadings: readings.rows, openRejects: rejects.rows, configurations }
}
