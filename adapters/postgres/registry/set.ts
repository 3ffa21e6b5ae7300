import type pg from 'pg'
import { OperationFault } from '../../../contract/operation-fault.ts'
import type { Registration } from '../../../core/api/store.ts'
import {
  applyImport,
  beginImport,
  checkImport,
  type ImportCount,
  type RegisteredDevice,
  stageDevices,
} from './import.ts'
import { registrationsOf } from './read.ts'

/** What is to be registered of a device; what is null stays as it was. */
export type DeviceChange = Pick<RegisteredDevice, 'deviceId' | 'network'> & {
  readonly [K in Exclude<keyof Registration, 'network' | 'validFromMs' | 'validToMs'>]: Registration[K] | null
} & {
  /** A new registration begins here; null corrects the one in force. */
  readonly fromMs: number | null
}

/** Before any message can be: a device whose first registration names no instant was always so. */
const alwaysMs = Date.UTC(2015, 0, 1)

const inForce = (registrations: readonly RegisteredDevice[], atMs: number) =>
  registrations.findLast(({ validFromMs }) => validFromMs <= atMs)

const importOne = async (pool: pg.Pool, device: RegisteredDevice): Promise<ImportCount> => {
  const importId = await beginImport(pool)
  await stageDevices(pool, { importId, devices: [{ ...device, line: 1 }] })
  const { faults } = await checkImport(pool, { importId, most: 1 })
  if (faults[0]) throw new OperationFault(`Device ${device.deviceId} is left as it was: ${faults[0].sentence}.`)
  return applyImport(pool, { importId, dryRun: false })
}

/** Registers a device from an instant on, or corrects what is registered. @throws OperationFault where that cannot be */
export const setDevice = async (pool: pg.Pool, change: DeviceChange): Promise<ImportCount> => {
  const { deviceId, network, fromMs } = change
  const registrations = await registrationsOf(pool, deviceId)
  const base = inForce(registrations, fromMs ?? Date.now()) ?? registrations[0]
  const profile = change.profile ?? base?.profile
  const weightMillilitres = change.weightMillilitres ?? base?.weightMillilitres
  if (profile === undefined || weightMillilitres === undefined)
    throw new OperationFault(`Device ${deviceId} is not registered yet: say its --profile and its --weight.`)
  const startsAnew = fromMs !== null && fromMs !== base?.validFromMs
  return importOne(pool, {
    deviceId,
    network,
    profile,
    weightMillilitres,
    weightPulses: (change.weightMillilitres === null ? base?.weightPulses : change.weightPulses) ?? 1,
    samplePeriodSeconds: change.samplePeriodSeconds ?? base?.samplePeriodSeconds ?? null,
    timeZone: change.timeZone ?? base?.timeZone ?? 'UTC',
    meterId: change.meterId ?? base?.meterId ?? null,
    validFromMs: fromMs ?? base?.validFromMs ?? alwaysMs,
    validToMs: startsAnew ? null : (base?.validToMs ?? null),
  })
}

/** Ends the registration of a device. @throws OperationFault where none is in force then, or another follows */
export const retireDevice = async (
  pool: pg.Pool,
  { deviceId, atMs }: { deviceId: string; atMs: number },
): Promise<void> => {
  const registrations = await registrationsOf(pool, deviceId)
  const last = registrations.at(-1)
  const at = new Date(atMs).toISOString()
  if (!last) throw new OperationFault(`Device ${deviceId} is not registered.`)
  if (last.validFromMs >= atMs)
    throw new OperationFault(
      `Device ${deviceId} has a registration that begins at ${new Date(last.validFromMs).toISOString()}, not before ${at}: nothing was changed.`,
    )
  await pool.query('UPDATE device SET valid_to = $3 WHERE device_id = $1 AND valid_from = $2', [
    deviceId,
    new Date(last.validFromMs).toISOString(),
    at,
  ])
}
