import { formatInstant } from '../message/instant.ts'
import { clashSentence } from './check-import.ts'
import type { RegisteredDevice, Registration } from './registration.ts'
import type { ImportCount, RegistryStore } from './store.ts'

/** What to register of a device. null leaves a value as it is. */
export type DeviceChange = Pick<RegisteredDevice, 'deviceId' | 'network'> & {
  readonly [K in Exclude<keyof Registration, 'network' | 'validFromMs' | 'validToMs'>]: Registration[K] | null
} & {
  /** A new registration begins at this instant. null corrects the registration in force. */
  readonly fromMs: number | null
}

/** Earlier than any message: the first registration of a device holds from here unless it says otherwise. */
const alwaysMs = Date.UTC(2015, 0, 1)

/**
 * The registration that a change makes. What the change leaves open comes from the registration in force, or from the
 * first if none is in force yet.
 * @param registrations those of the device, by beginning
 * @returns a sentence if there is nothing to take the profile or the weight from
 */
export const changedRegistration = (
  registrations: readonly RegisteredDevice[],
  change: DeviceChange,
  nowMs: number,
): RegisteredDevice | string => {
  const { deviceId, network, fromMs } = change
  const base = registrations.findLast(({ validFromMs }) => validFromMs <= (fromMs ?? nowMs)) ?? registrations[0]
  const profile = change.profile ?? base?.profile
  const weightMillilitres = change.weightMillilitres ?? base?.weightMillilitres
  if (profile === undefined || weightMillilitres === undefined)
    return `Device ${deviceId} is not registered yet: give its --profile and its --weight.`
  const startsAnew = fromMs !== null && fromMs !== base?.validFromMs
  return {
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
  }
}

/**
 * Registers a device from an instant on, or corrects its registration.
 * @returns a sentence if that is not possible; then nothing was changed
 */
export const setDevice =
  (store: RegistryStore, now: () => number) =>
  async (change: DeviceChange): Promise<ImportCount | string> => {
    const { deviceId } = change
    const registration = changedRegistration(await store.registrationsOf(deviceId), change, now())
    if (typeof registration === 'string') return registration
    const importId = await store.beginImport()
    await store.stageDevices({ importId, devices: [{ ...registration, line: 1 }] })
    const [clash] = (await store.clashes({ importId, most: 1 })).clashes
    if (clash) return `Device ${deviceId} was not changed: ${clashSentence(clash)}.`
    return store.applyImport({ importId, dryRun: false })
  }

/**
 * Ends the registration of a device.
 * @returns a sentence if it has none, or one that begins later; then nothing was changed
 */
export const retireDevice =
  (store: RegistryStore) =>
  async ({ deviceId, atMs }: { deviceId: string; atMs: number }): Promise<string | null> => {
    const last = (await store.registrationsOf(deviceId)).at(-1)
    if (!last) return `Device ${deviceId} is not registered.`
    if (last.validFromMs >= atMs) {
      const [from, at] = [last.validFromMs, atMs].map(formatInstant)
      return `Device ${deviceId} has a registration that begins at ${from}, not before ${at}: nothing was changed.`
    }
    await store.endRegistration(last, atMs)
    return null
  }
