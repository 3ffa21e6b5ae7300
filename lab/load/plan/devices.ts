import { imeiOf } from './frames.ts'
import { mix } from './hash.ts'
import { indexAt } from './meter.ts'
import { type LoadPlan, type NbiotProfile, unclockedProfile } from './plan.ts'

/** The seed picks a block of ids, so that runs do not share devices. A fleet fits into a block. */
export const mostDevices = 40_000_000
const blocks = 100
const firstSigfoxId = 0x10
const longestSigfoxId = 8

const doorSalt = 0xd002
const profileSalt = 0x960f11e
const periodicSalt = 0x5a5b
/** Of 100 Sigfox devices: those that send one channel at a time, with earlier samples. */
const periodicOfHundred = 10
const narrowRegisters: readonly NbiotProfile[] = ['dragino-cpn01-nb', 'dragino-cpl03-nb']

/** The devices of a plan, counted from 0. A loud one comes after all others. */
export const createDevices = (plan: LoadPlan) => {
  const { devices, seed, sigfoxShare, profiles, startSeconds, seconds, speed, loudDevice } = plan
  const block = seed % blocks
  const window = { startSeconds, endSeconds: startSeconds + seconds * speed }

  const isSigfox = (device: number) => device < devices && mix(seed ^ doorSalt, device) % 100 < sigfoxShare
  const profileOf = (device: number): NbiotProfile =>
    (device < devices ? profiles[mix(seed ^ profileSalt, device) % profiles.length] : undefined) ?? 'dragino-sw3l-nb'
  const idOf = (device: number): string =>
    isSigfox(device)
      ? (block * mostDevices + firstSigfoxId + device).toString(16).toUpperCase()
      : imeiOf(profileOf(device), block, device)
  return {
    block,
    isSigfox,
    profileOf,
    hasTwoChannels: (device: number) => isSigfox(device) || profileOf(device) === 'adeunis-pulse-nbiot',
    isUnclocked: (device: number) => !isSigfox(device) && profileOf(device) === unclockedProfile,
    isPeriodic: (device: number) => mix(seed ^ periodicSalt, device) % 100 < periodicOfHundred,
    idOf,
    /** The device with this id. Null where it is not of this plan. */
    find: (id: string): number | null => {
      const device =
        id.length > longestSigfoxId
          ? Number(id.slice(-8))
          : Number.parseInt(id, 16) - block * mostDevices - firstSigfoxId
      const isKnown = device >= 0 && device < devices + Number(loudDevice)
      return isKnown && idOf(device) === id ? device : null
    },
    /** What a channel's register shows at an instant. Channels are counted from 0. */
    index: (device: number, channel: number, at: number): number => {
      const bits = !isSigfox(device) && narrowRegisters.includes(profileOf(device)) ? 24 : 32
      return indexAt(seed, device * 2 + channel, at, bits, window)
    },
  }
}

export type Devices = ReturnType<typeof createDevices>
