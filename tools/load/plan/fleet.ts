import type { Model, Told } from '../../ledger/model.ts'
import { createDevices } from './devices.ts'
import { type Sample, sigfoxFrame, unreadableFrame, writeDatagram } from './frames.ts'
import { mix } from './hash.ts'
import { loudDeviceOf } from './loud.ts'
import { type LoadPlan, messagesOf, messagesPerSecond, periodSeconds } from './plan.ts'
import { turnsOf } from './turns.ts'

/** Samples of a Dragino: the hour's, and those of the three quarters before it. */
const quarters = 4
const quarterSeconds = periodSeconds / quarters

const unreadableSalt = 0x0bad
const unreadableOfThousand = 2

/** Longest datagram that is written. */
export const datagramBytes = 128

/** Readings of channel A at the message's own time, of channel B, and of A one, two and three quarters before. */
const bitOf = (channel: string, back: number) => (channel === 'A' ? 1 << back : channel === 'B' && back === 0 ? 2 : 0)
const twoChannels = 3
const allQuarters = (1 << quarters) - 1

/**
 * The fleet of a plan: every message follows from its number. The hourly ones come first, in the order in which they
 * are due, then those of the loud device.
 */
export const createLoadFleet = (plan: LoadPlan) => {
  const { devices, seed, startSeconds } = plan
  const roster = createDevices(plan)
  const { deviceAt, turnOf } = turnsOf(devices)
  const loud = loudDeviceOf(plan)
  const hourly = messagesOf(plan)
  const count = hourly + loud.count
  const perMs = messagesPerSecond(plan) / 1_000

  const isLoud = (number: number) => number >= hourly
  const deviceOf = (number: number) => (isLoud(number) ? devices : deviceAt(number % devices))
  const isSigfox = (number: number) => roster.isSigfox(deviceOf(number))
  const placeInRow = (number: number) => (isLoud(number) ? number - hourly : Math.floor(number / devices))
  const timeOf = (number: number) =>
    isLoud(number)
      ? loud.timeOf(number - hourly)
      : startSeconds +
        Math.floor(((number % devices) * periodSeconds) / devices) +
        Math.floor(number / devices) * periodSeconds
  const isUnreadable = (number: number) =>
    isSigfox(number) && mix(seed ^ unreadableSalt, number) % 1_000 < unreadableOfThousand
  const isOfTwoChannels = (device: number) =>
    roster.isSigfox(device) || roster.profileOf(device) === 'adeunis-pulse-nbiot'

  const frameHex = (number: number): string => {
    const [device, n, at] = [deviceOf(number), placeInRow(number), timeOf(number)]
    if (isUnreadable(number)) return unreadableFrame(n)
    return sigfoxFrame(n, roster.index(device, 0, at), roster.index(device, 1, at))
  }

  const samplesOf = (number: number): Sample[] => {
    const [device, at] = [deviceOf(number), timeOf(number)]
    if (isOfTwoChannels(device))
      return [0, 1].map((channel) => ({ seconds: at, index: roster.index(device, channel, at) }))
    // the last one is the sample of the message before: where that was lost, this one tells of it
    const samples = isLoud(number) ? 1 : quarters + Number(number >= devices)
    return Array.from({ length: samples }, (_, back) => {
      const seconds = at - back * quarterSeconds
      return { seconds, index: roster.index(device, 0, seconds) }
    })
  }
  const datagram = (number: number, target: Buffer): number => {
    const device = deviceOf(number)
    return writeDatagram(target, roster.profileOf(device), roster.block, device, placeInRow(number), samplesOf(number))
  }

  /** The message that an instant of a device belongs to, and how many quarters of an hour before it. */
  const locate = (deviceId: string, at: number): { device: number; number: number; back: number } | null => {
    const device = roster.find(deviceId)
    if (device === null) return null
    if (device === devices) {
      const place = loud.find(at)
      return place === null ? null : { device, number: hourly + place, back: 0 }
    }
    const turn = turnOf(device)
    const n = Math.ceil((at - timeOf(turn)) / periodSeconds)
    const back = (timeOf(turn) + n * periodSeconds - at) / quarterSeconds
    const number = n * devices + turn
    return n >= 0 && number < hourly && Number.isInteger(back) ? { device, number, back } : null
  }

  const placeOf: Model['placeOf'] = (deviceId, channel, at, shown) => {
    const place = locate(deviceId, at)
    const bit = place ? bitOf(channel, place.back) : 0
    if (!place || bit === 0) return null
    const isTold = isOfTwoChannels(place.device) ? place.back === 0 : channel === 'A'
    const isRight = isTold && roster.index(place.device, channel === 'A' ? 0 : 1, at) === shown
    return isRight ? { number: place.number, bit } : null
  }

  const told = (number: number): readonly Told[] => {
    if (isUnreadable(number)) return []
    if (isLoud(number)) return [[number, 1]]
    if (isOfTwoChannels(deviceOf(number))) return [[number, twoChannels]]
    const own: Told = [number, allQuarters]
    return number >= devices ? [own, [number - devices, 1]] : [own]
  }

  const scratch = Buffer.alloc(datagramBytes)
  const deviceIdOf = (number: number) => roster.idOf(deviceOf(number))
  return {
    plan,
    count,
    hourly,
    isSigfox,
    isUnreadable,
    deviceIdOf,
    timeOf,
    seqNumberOf: (number: number) => placeInRow(number) % 4_096,
    /** Milliseconds after the begin at which the device means to send it. */
    dueMs: (number: number) => (isLoud(number) ? loud.dueMs(number - hourly) : number / perMs),
    frameHex,
    datagram,
    isOurs: (deviceId: string) => roster.find(deviceId) !== null,
    find: (deviceId: string, at: number) => {
      const place = locate(deviceId, at)
      return place?.back === 0 ? place.number : null
    },
    payloadHex: (number: number) =>
      isSigfox(number) ? frameHex(number) : scratch.toString('hex', 0, datagram(number, scratch)),
    placeOf,
    told,
    nameOf: (number: number) => `${number} of ${deviceIdOf(number)}`,
  }
}

export type LoadFleet = ReturnType<typeof createLoadFleet>
