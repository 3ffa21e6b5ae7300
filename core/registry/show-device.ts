import type { StoredMessage } from '../message/message.ts'
import type { RegisteredDevice } from './registration.ts'
import type { LastReading, OpenRejects, RegistryStore } from './store.ts'

/** What is known of a device. */
export interface DeviceView {
  readonly registrations: readonly RegisteredDevice[]
  readonly lastReadings: readonly LastReading[]
  readonly openRejects: readonly OpenRejects[]
  /** The newest configuration frame of each sort under the vendor's terms; the one sent last comes first. */
  readonly configurations: readonly { readonly atMs: number; readonly fields: Fields }[]
}

type Fields = Readonly<Record<string, unknown>>

/** The fields of a frame under the vendor's terms; null if its profile does not decode it. */
export type FieldsOf = (message: StoredMessage) => Fields | null

const configurationsOf = async (store: RegistryStore, fieldsOf: FieldsOf, deviceId: string) => {
  const sent = await store.lastConfigurations(deviceId)
  return sent
    .flatMap(({ message, atMs }) => {
      const fields = fieldsOf(message)
      return fields ? [{ atMs, fields }] : []
    })
    .sort((a, b) => b.atMs - a.atMs)
}

/** @returns a sentence if the device is neither registered nor was ever seen */
export const showDevice =
  (store: RegistryStore, fieldsOf: FieldsOf) =>
  async ({ deviceId }: { deviceId: string }): Promise<DeviceView | string> => {
    const registrations = await store.registrationsOf(deviceId)
    const lastReadings = await store.lastReadings(deviceId)
    const openRejects = await store.openRejects(deviceId)
    const isKnown = registrations.length + lastReadings.length + openRejects.length > 0
    if (!isKnown && !(await store.hasEvents(deviceId)))
      return `Device ${deviceId} is not registered and was never seen.`
    const configurations = await configurationsOf(store, fieldsOf, deviceId)
    return { registrations, lastReadings, openRejects, configurations }
  }
