import { OperationFault } from '../../contract/operation-fault.ts'
import type { Operations } from '../../operations/index.ts'
import type { Probe } from './messages.ts'

/** Our devices carry this meter. A device with another meter is never erased. */
const meterId = 'smoke-test'

const requireOurs = async (operations: Operations, deviceId: string) => {
  const known = await operations.showDevice({ deviceId }).catch((error: unknown) => {
    if (error instanceof OperationFault) return null
    throw error
  })
  const foreign = known?.registrations.find((registration) => registration.meterId !== meterId)
  if (foreign)
    throw new OperationFault(`Device ${deviceId} is registered, but not by this test: nothing was sent or erased.`)
  return known !== null
}

/** Registers the devices of the test. Erases first what an earlier run left behind because it was killed. */
export const registerDevices = async (operations: Operations, devices: readonly Probe[]): Promise<void> => {
  for (const { deviceId, lane, profile } of devices) {
    if (await requireOurs(operations, deviceId)) await operations.eraseDevice({ deviceId, lane })
    await operations.setDevice({
      deviceId,
      network: lane,
      profile,
      weightMillilitres: 1_000,
      weightPulses: 1,
      samplePeriodSeconds: null,
      timeZone: 'UTC',
      meterId,
      fromMs: null,
    })
  }
}

/** Erases everything that is kept of the devices. */
export const eraseDevices = async (operations: Operations, devices: readonly Probe[]): Promise<void> => {
  for (const { deviceId, lane } of devices) await operations.eraseDevice({ deviceId, lane })
}
