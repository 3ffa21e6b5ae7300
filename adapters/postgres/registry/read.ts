import type pg from 'pg'
import { type DecoderPorts, profileNameOf } from '../../../core/decode-message.ts'
import type { MessageId } from '../../../core/identity.ts'
import { OperationFault } from '../../../core/operation-fault.ts'
import type { Reading } from '../../../core/reading.ts'
import { loadMessages } from '../message-rows.ts'
import { milliseconds } from '../rows.ts'
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

/** The newest configuration frame of a device, decoded; null where none was sent, or its message is kept no more. */
const lastConfiguration = async (pool: pg.Pool, decoder: DecoderPorts, deviceId: string) => {
  const { rows } = await pool.query<{ id: MessageId; atMs: number }>(
    `SELECT message_id AS id, ${milliseconds('at')} AS "atMs" FROM event
     WHERE device_id = $1 AND kind = 'configuration' ORDER BY at DESC, message_id LIMIT 1`,
    [deviceId],
  )
  const [message] = rows[0] ? await loadMessages(pool, [rows[0].id]) : []
  const profile = message && decoder.profiles.get(profileNameOf(decoder, message) ?? '')
  const decoded = message && profile?.decode(message.payload, message)
  if (!rows[0] || decoded === undefined || typeof decoded === 'string') return null
  return { atMs: rows[0].atMs, fields: decoded.fields }
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
  const configuration = await lastConfiguration(pool, decoder, deviceId)
  return { registrations, lastReadings: readings.rows, openRejects: rejects.rows, configuration }
}
