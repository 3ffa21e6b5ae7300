import type { Model, Told } from '../../ledger/model.ts'
import { imeiOf, type Sample, sigfoxFrame, unreadableFrame, writeDatagram } from './frames.ts'
import { mix } from './hash.ts'
import { type LoudDevice, loudDeviceOf } from './loud.ts'
import { indexAt } from './meter.ts'
import { type LoadPlan, messagesOf, messagesPerSecond, type NbiotProfile, periodSeconds } from './plan.ts'
import { turnsOf } from './turns.ts'

/** Each run has ids of its own, by its seed: a fleet fits into a block. */
export const mostDevices = 40_000_000
const blocks = 100
const firstSigfoxId = 0x10
/** Samples of a Dragino: the hour's, and those of the three quarters before it. */
const quarters = 4
const quarterSeconds = periodSeconds / quarters

const doorSalt = 0xd002
const profileSalt = 0x960f11e
const unreadableSalt = 0x0bad
const unreadableOfThousand = 2

/** Longest datagram that is written. */
export const datagramBytes = 128

const channelBit = { A: 1, B: 2, C: 0 } as Readonly<Record<string, number>>

/** The fleet of a plan: every message follows from its number, in the order in which they are due. */
export const createLoadFleet = (plan: LoadPlan) => {
  const { devices, seed, startSeconds, sigfoxShare, profiles, speed, seconds } = plan
  const { deviceAt, turnOf } = turnsOf(devices)
  const hourly = messagesOf(plan)
  const perMs = messagesPerSecond(plan) / 1_000
  const loud: LoudDevice = loudDeviceOf(plan)
  const block = seed % blocks
  const window = { startSeconds, endSeconds: startSeconds + seconds * speed }

  const isLoud = (number: number) => number >= hourly
  const deviceOf = (number: number) => (isLoud(number) ? devices : deviceAt(number % devices))
  const isSigfoxDevice = (device: number) => device < devices && mix(seed ^ doorSalt, device) % 100 < sigfoxShare
  const profileOf = (device: number): NbiotProfile =>
    profiles[mix(seed ^ profileSalt, device) % profiles.length] ?? 'dragino-sw3l-nb'
  const timeOf = (number: number) =>
    isLoud(number)
      ? loud.timeOf(number - hourly)
      : startSeconds +
        Math.floor(((number % devices) * periodSeconds) / devices) +
        Math.floor(number / devices) * periodSeconds
  const turnNumber = (number: number) => (isLoud(number) ? number - hourly : Math.floor(number / devices))
  const bitsOf = (device: number) => (!isSigfoxDevice(device) && profileOf(device) === 'dragino-cpn01-nb' ? 24 : 32)
  const index = (device: number, channel: number, at: number) =>
    indexAt(seed, device * 2 + channel, at, bitsOf(device), window)
  const isUnreadable = (number: number) => mix(seed ^ unreadableSalt, number) % 1_000 < unreadableOfThousand
  const isSigfox = (number: number) => isSigfoxDevice(deviceOf(number))

  const sigfoxId = (device: number) => (block * mostDevices + firstSigfoxId + device).toString(16).toUpperCase()
  const deviceIdOf = (device: number) =>
    isSigfoxDevice(device) ? sigfoxId(device) : imeiOf(profileOf(device), block, device)

  const frameHex = (number: number): string => {
    const [device, n, at] = [deviceOf(number), turnNumber(number), timeOf(number)]
    return isUnreadable(number) ? unreadableFrame(n) : sigfoxFrame(n, index(device, 0, at), index(device, 1, at))
  }

  const samplesOf = (number: number): Sample[] => {
    const [device, at] = [deviceOf(number), timeOf(number)]
    if (isLoud(number)) return [{ seconds: at, index: index(device, 0, at) }]
    if (profileOf(device) === 'adeunis-pulse-nbiot')
      return [0, 1].map((channel) => ({ seconds: at, index: index(device, channel, at) }))
    // the last one is the sample of the message before: where that was lost, this one tells of it
    const told = quarters + (number >= devices ? 1 : 0)
    return Array.from({ length: told }, (_, back) => {
      const seconds = at - back * quarterSeconds
      return { seconds, index: index(device, 0, seconds) }
    })
  }
  const profileOfNumber = (number: number) => (isLoud(number) ? 'dragino-sw3l-nb' : profileOf(deviceOf(number)))
  const datagram = (number: number, target: Buffer): number =>
    writeDatagram(target, profileOfNumber(number), block, deviceOf(number), turnNumber(number), samplesOf(number))

  /** The device of an id, null where it is none of this fleet. */
  const deviceOfId = (deviceId: string): number | null => {
    const isImei = deviceId.length > 8
    const device = isImei
      ? Number(deviceId.slice(-8))
      : Number.parseInt(deviceId, 16) - block * mostDevices - firstSigfoxId
    if (!(device >= 0 && device <= devices)) return null
    if (device === devices)
      return deviceId === imeiOf('dragino-sw3l-nb', block, device) && loud.count > 0 ? device : null
    return deviceIdOf(device) === deviceId ? device : null
  }

  /** The message that an instant of a device belongs to, and how many quarters of an hour before it. */
  const locate = (device: number, at: number): { number: number; back: number } | null => {
    if (device === devices) {
      const place = loud.find(at)
      return place === null ? null : { number: hourly + place, back: 0 }
    }
    const turn = turnOf(device)
    const n = Math.ceil((at - timeOf(turn)) / periodSeconds)
    const back = (timeOf(turn) + n * periodSeconds - at) / quarterSeconds
    const number = n * devices + turn
    return n >= 0 && number < hourly && Number.isInteger(back) ? { number, back } : null
  }

  const placeOf: Model['placeOf'] = (deviceId, channel, at, shown) => {
    const device = deviceOfId(deviceId)
    const place = device === null ? null : locate(device, at)
    const bit = channelBit[channel] ?? 0
    if (device === null || !place || bit === 0 || index(device, bit - 1, at) !== shown) return null
    const isOfQuarters = channel === 'A' && !isSigfoxDevice(device) && profileOf(device) !== 'adeunis-pulse-nbiot'
    if (place.back > 0 && !isOfQuarters) return null
    return { number: place.number, bit: place.back > 0 ? 1 << place.back : bit }
  }

  const told = (number: number): readonly Told[] => {
    const device = deviceOf(number)
    if (isLoud(number)) return [[number, 1]]
    if (isSigfoxDevice(device)) return isUnreadable(number) ? [] : [[number, 3]]
    if (profileOf(device) === 'adeunis-pulse-nbiot') return [[number, 3]]
    const own: Told = [number, (1 << quarters) - 1]
    return number >= devices ? [own, [number - devices, 1]] : [own]
  }

  const scratch = Buffer.alloc(datagramBytes)
  return {
    plan,
    count: hourly + loud.count,
    hourly,
    block,
    isSigfox,
    isLoud,
    isUnreadable,
    deviceIdOf: (number: number) =>
      isLoud(number) ? imeiOf('dragino-sw3l-nb', block, devices) : deviceIdOf(deviceOf(number)),
    timeOf,
    seqNumberOf: (number: number) => turnNumber(number) % 4_096,
    /** Milliseconds after the begin at which the device means to send it. */
    dueMs: (number: number) => (isLoud(number) ? loud.dueMs(number - hourly) : number / perMs),
    frameHex,
    datagram,
    isOurs: (deviceId: string) => deviceOfId(deviceId) !== null,
    find: (deviceId: string, at: number) => {
      const device = deviceOfId(deviceId)
      const place = device === null ? null : locate(device, at)
      return place?.back === 0 ? place.number : null
    },
    payloadHex: (number: number) =>
      isSigfox(number) ? frameHex(number) : scratch.toString('hex', 0, datagram(number, scratch)),
    placeOf,
    told,
    nameOf: (number: number) => `${number} of ${deviceIdOf(deviceOf(number))}`,
  }
}

export type LoadFleet = ReturnType<typeof createLoadFleet>
