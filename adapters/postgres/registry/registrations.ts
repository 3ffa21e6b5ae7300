import type pg from 'pg'
import type { RegisteredDevice } from '../../../core/registry/registration.ts'
import type { RegistryStore } from '../../../core/registry/store.ts'
import { milliseconds } from '../sql/rows.ts'

const columns = `device_id AS "deviceId", network, profile, weight_millilitres AS "weightMillilitres",
  weight_pulses AS "weightPulses", sample_period_seconds AS "samplePeriodSeconds", time_zone AS "timeZone",
  meter_id AS "meterId", ${milliseconds('valid_from')} AS "validFromMs", ${milliseconds('valid_to')} AS "validToMs"`

const iso = (ms: number) => new Date(ms).toISOString()

export const listRegistry =
  (pool: pg.Pool): RegistryStore['listRegistry'] =>
  async ({ after, limit }) => {
    const { rows } = await pool.query<RegisteredDevice>(
      `SELECT ${columns} FROM device WHERE (device_id, valid_from) > ($1, $2::timestamptz)
       ORDER BY device_id, valid_from LIMIT $3`,
      [after?.deviceId ?? '', after ? iso(after.validFromMs) : '-infinity', limit],
    )
    return rows
  }

export const registrationsOf =
  (pool: pg.Pool): RegistryStore['registrationsOf'] =>
  async (deviceId) => {
    const { rows } = await pool.query<RegisteredDevice>(
      `SELECT ${columns} FROM device WHERE device_id = $1 ORDER BY valid_from`,
      [deviceId],
    )
    return rows
  }

export const endRegistration =
  (pool: pg.Pool): RegistryStore['endRegistration'] =>
  async ({ deviceId, validFromMs }, atMs) => {
    await pool.query('UPDATE device SET valid_to = $3 WHERE device_id = $1 AND valid_from = $2', [
      deviceId,
      iso(validFromMs),
      iso(atMs),
    ])
  }
