import type { Profile } from '../devices/profile.ts'
import { eventTimeMs, type Message } from '../message/message.ts'
import type { RegistryStore } from './store.ts'

/** A device that sends messages and is not registered. */
export interface UnknownDevice {
  readonly deviceId: string
  readonly messages: number
  /** Event times of its first and last message, milliseconds since 1970. */
  readonly firstAtMs: number
  readonly lastAtMs: number
  /** Profiles that decode all of its messages. If there are several, its frames do not tell which is right. */
  readonly profiles: readonly string[]
}

const decodes = (profile: Profile, { kind, payload }: Message): boolean =>
  profile.uplinkKind === kind && typeof profile.decode(payload, { samplePeriodSeconds: null }) !== 'string'

const unknownOf = (
  deviceId: string,
  sent: readonly Message[],
  profiles: ReadonlyMap<string, Profile>,
): UnknownDevice => {
  const times = sent.map(eventTimeMs)
  const fits = [...profiles.values()].filter((profile) => sent.every((message) => decodes(profile, message)))
  return {
    deviceId,
    messages: sent.length,
    firstAtMs: times.reduce((a, b) => Math.min(a, b)),
    lastAtMs: times.reduce((a, b) => Math.max(a, b)),
    profiles: fits.map(({ name }) => name),
  }
}

/**
 * The unknown devices among the next `limit` device ids, and the id after which to go on; null at the end. A device whose
 * messages are not decoded yet is not listed: it will be a moment later.
 */
export const unknownDevices =
  (store: RegistryStore, profiles: ReadonlyMap<string, Profile>) =>
  async (page: { after: string; limit: number }): Promise<{ devices: UnknownDevice[]; next: string | null }> => {
    const seen = await store.seenDevices(page)
    const ids = seen.filter(({ isRegistered }) => !isRegistered).map(({ deviceId }) => deviceId)
    const sent = ids.length === 0 ? [] : await store.messagesOf(ids)
    const byDevice = Map.groupBy(sent, ({ deviceId }) => deviceId)
    const devices = ids.flatMap((id) => {
      const own = byDevice.get(id)
      // a message that was rejected before it was stored may name a device too
      return own ? [unknownOf(id, own, profiles)] : []
    })
    return { devices, next: seen.length < page.limit ? null : (seen.at(-1)?.deviceId ?? null) }
  }
