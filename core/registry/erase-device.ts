import type { Lane } from '../message/lane.ts'
import type { Erased, RegistryStore } from './store.ts'

/** Shorter ids occur in arbitrary bytes by chance. */
const shortestSearched = 6

const bytesOfHex = (digits: string): Uint8Array =>
  Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))

/**
 * The forms in which a refused message may contain the id: as text in either case, and an IMEI as packed digits, two a
 * byte, padded at either end.
 */
export const spellingsOf = (deviceId: string): Uint8Array[] => {
  if (deviceId.length < shortestSearched) return []
  const texts = [deviceId, deviceId.toLowerCase()].map((text) => new TextEncoder().encode(text))
  const packed = [`0${deviceId}`, `${deviceId}f`, deviceId, `f${deviceId}`].filter((digits) => digits.length === 16)
  return [...texts, ...(deviceId.length >= 15 ? packed.map(bytesOfHex) : [])]
}

/**
 * Deletes everything that is kept of a device. What it sends afterwards is stored as that of a new device.
 * @returns a sentence if nothing is kept of it
 */
export const eraseDevice =
  (store: RegistryStore) =>
  async ({ deviceId, lane }: { deviceId: string; lane: Lane }): Promise<Erased | string> => {
    const erased = await store.erase({ deviceId, lane, spellings: spellingsOf(deviceId) })
    return Object.values(erased).some((rows) => rows > 0) ? erased : `Nothing is kept of device ${deviceId}.`
  }
