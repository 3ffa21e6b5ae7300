import type pg from 'pg'
import type { ApiStore, DeviceRow } from '../../../core/api/store.ts'
import { channels } from '../../../core/message/channel.ts'
import type { Lane } from '../../../core/message/lane.ts'
import type { Registration } from '../../../core/registry/registration.ts'
import { rowsOfBefore } from '../told/load.ts'

const registrationColumns = `network, profile, weight_millilitres, weight_pulses, sample_period_seconds, time_zone,
  meter_id, valid_from, valid_to`

interface RegistrationColumns {
  network: Lane
  profile: string
  weight_millilitres: number
  weight_pulses: number
  sample_period_seconds: number | null
  time_zone: string
  meter_id: string | null
  valid_from: Date
  valid_to: Date | null
}

/** SQL for the registration in force now, or else the next one. */
const registrationOf = (deviceId: string) => `
  SELECT ${registrationColumns} FROM device WHERE device_id = ${deviceId}
  ORDER BY valid_from > now(), abs(extract(epoch FROM valid_from - now())) LIMIT 1`

const toRegistration = (row: RegistrationColumns): Registration => ({
  network: row.network,
  profile: row.profile,
  weightMillilitres: row.weight_millilitres,
  weightPulses: row.weight_pulses,
  samplePeriodSeconds: row.sample_period_seconds,
  timeZone: row.time_zone,
  meterId: row.meter_id,
  validFromMs: row.valid_from.getTime(),
  validToMs: row.valid_to?.getTime() ?? null,
})

const lastOf = (table: string, what: string, time = what) => `(SELECT ${what} FROM ${table}
  WHERE device_id = known.device_id AND channel = channel_name ORDER BY ${time} DESC LIMIT 1)`

// The newest time of a device is at the end of its range in each index: some probes a device, however many rows it has.
const listStatement = `
  SELECT known.device_id, registration.*, greatest(
    (SELECT max(r.read_at) FROM (
      SELECT * FROM told WHERE device_id = known.device_id ORDER BY message_id DESC LIMIT 1) AS t,
      told_readings(ROW(t.received_at, t.message_id, t.hour, t.device_id, t.told)::told_late) AS r),
    (SELECT max(r.read_at) FROM told_late t, told_readings(t) AS r WHERE t.device_id = known.device_id),
    (SELECT max(last.read_at) FROM unnest($3::text[]) AS channel_name, LATERAL (
      ${rowsOfBefore.map((table) => lastOf(table, 'read_at')).join(' UNION ALL ')}
      UNION ALL SELECT r.read_at FROM ${lastOf('reading_day', 'reading_day AS d', 'day')} AS last_day, unfolded(d) AS r) AS last),
    (SELECT at FROM event WHERE device_id = known.device_id ORDER BY at DESC LIMIT 1),
    (SELECT at FROM reject WHERE device_id = known.device_id ORDER BY at DESC LIMIT 1)
  ) AS last_seen_at
  FROM devices_behind($1, $2) WITH ORDINALITY AS known (device_id, n)
    LEFT JOIN LATERAL (${registrationOf('known.device_id')}) AS registration ON true
  ORDER BY known.n`

type Nullable<T> = { [K in keyof T]: T[K] | null }
type ListColumns = Nullable<RegistrationColumns> & { device_id: string; last_seen_at: Date | null }

const isRegistered = (row: ListColumns): row is ListColumns & RegistrationColumns => row.network !== null

export const listDevices =
  (pool: pg.Pool): ApiStore['devices'] =>
  async ({ after, limit }) => {
    const { rows } = await pool.query<ListColumns>(listStatement, [after?.[0] ?? '', limit, channels])
    return rows.map(
      (row): DeviceRow => ({
        deviceId: row.device_id,
        registration: isRegistered(row) ? toRegistration(row) : null,
        lastSeenAtMs: row.last_seen_at?.getTime() ?? null,
      }),
    )
  }

export const registration =
  (pool: pg.Pool): ApiStore['registration'] =>
  async (deviceId) => {
    const { rows } = await pool.query<RegistrationColumns>(registrationOf('$1'), [deviceId])
    return rows[0] ? toRegistration(rows[0]) : null
  }

export const seen =
  (pool: pg.Pool): ApiStore['seen'] =>
  async (deviceId) => {
    const { rows } = await pool.query<{ seen: boolean }>(
      `SELECT ${[...rowsOfBefore, 'told', 'told_late', 'reading_day', 'event', 'reject']
        .map((table) => `EXISTS (SELECT FROM ${table} WHERE device_id = $1)`)
        .join(' OR ')} AS seen`,
      [deviceId],
    )
    return rows[0]?.seen ?? false
  }
