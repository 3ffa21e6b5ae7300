import { formatInstant } from '../../core/message/instant.ts'
import { type RegisteredDevice, weightText } from '../../core/registry/registration.ts'
import { aligned } from '../command-line/aligned.ts'
import { type Column, columns, optionalColumns } from './fields.ts'

/** A registration under the column names of the file. */
export const recordOf = (device: RegisteredDevice): Record<Column, string | number | null> => ({
  device_id: device.deviceId,
  network: device.network,
  profile: device.profile,
  millilitres_per_pulse: weightText(device),
  sample_period_seconds: device.samplePeriodSeconds,
  time_zone: device.timeZone,
  valid_from: formatInstant(device.validFromMs),
  meter_id: device.meterId,
  valid_to: device.validToMs === null ? null : formatInstant(device.validToMs),
})

const allColumns = [...columns, ...optionalColumns]

/** A table with a header and aligned columns. */
export const tableOf = (devices: readonly RegisteredDevice[]): string => {
  const records = devices.map(recordOf).map((record) => allColumns.map((name) => String(record[name] ?? '-')))
  return aligned([allColumns, ...records])
}
