import type pg from 'pg'
import type { Registration } from '../../core/api/store.ts'
import { inTransaction } from './transaction.ts'

/** What the registry says of a device from an instant on. */
export interface RegisteredDevice extends Registration {
  readonly deviceId: string
}

/** How many registrations an import found new, different, and as they were. */
export interface ImportCount {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
}

const mostRowsPerStatement = 1_000

const columns = [
  ['device_id', 'text', (row) => row.deviceId],
  ['valid_from', 'timestamptz', (row) => new Date(row.validFromMs).toISOString()],
  ['network', 'lane', (row) => row.network],
  ['profile', 'text', (row) => row.profile],
  ['weight_millilitres', 'integer', (row) => row.weightMillilitres],
  ['weight_pulses', 'integer', (row) => row.weightPulses],
  ['sample_period_seconds', 'integer', (row) => row.samplePeriodSeconds],
  ['time_zone', 'text', (row) => row.timeZone],
] as const satisfies readonly (readonly [string, string, (row: RegisteredDevice) => unknown])[]

const names = columns.map(([name]) => name)
const facts = names.slice(2)

const upsertStatement = `
  INSERT INTO device (${names.join(', ')})
  SELECT * FROM unnest(${columns.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')})
  ON CONFLICT (device_id, valid_from) DO UPDATE SET ${facts.map((name) => `${name} = excluded.${name}`).join(', ')}
  WHERE (${facts.map((name) => `device.${name}`).join(', ')})
    IS DISTINCT FROM (${facts.map((name) => `excluded.${name}`).join(', ')})
  RETURNING old.device_id IS NULL AS added`

const inOrder = (a: RegisteredDevice, b: RegisteredDevice) =>
  a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : a.validFromMs - b.validFromMs

/**
 * Adds the registrations and overwrites those of the same device and instant, all of them or none.
 * @param devices each (device, instant) once
 */
export const importDevices = (pool: pg.Pool, devices: readonly RegisteredDevice[]): Promise<ImportCount> =>
  inTransaction(pool, async (client) => {
    const sorted = devices.toSorted(inOrder)
    let [added, changed] = [0, 0]
    for (let first = 0; first < sorted.length; first += mostRowsPerStatement) {
      const slice = sorted.slice(first, first + mostRowsPerStatement)
      const values = columns.map(([, , read]) => slice.map((row) => read(row)))
      const { rows } = await client.query<{ added: boolean }>(upsertStatement, values)
      const isNew = rows.filter((row) => row.added).length
      added += isNew
      changed += rows.length - isNew
    }
    return { added, changed, unchanged: sorted.length - added - changed }
  })

/** All registrations, by device and instant. */
export const listRegistry = async (pool: pg.Pool): Promise<RegisteredDevice[]> => {
  const { rows } = await pool.query<Omit<RegisteredDevice, 'validFromMs'> & { validFrom: Date }>(
    `SELECT device_id AS "deviceId", network, profile, weight_millilitres AS "weightMillilitres",
       weight_pulses AS "weightPulses", sample_period_seconds AS "samplePeriodSeconds", time_zone AS "timeZone",
       valid_from AS "validFrom"
     FROM device ORDER BY device_id, valid_from`,
  )
  return rows.map(({ validFrom, ...row }) => ({ ...row, validFromMs: validFrom.getTime() }))
}
