import type { Model } from '../../ledger/model.ts'
import { bitOf, createContent, quarterSeconds } from './content.ts'
import { createDevices } from './devices.ts'
import { elkoCounter } from './frames.ts'
import { createPlaces } from './places.ts'
import type { LoadPlan } from './plan.ts'

/** Room for the longest datagram. */
export const datagramBytes = 128

/** Sigfox counts modulo this. */
const seqNumbers = 4_096

/** The fleet of a plan, in which every message follows from its number. */
export const createLoadFleet = (plan: LoadPlan) => {
  const roster = createDevices(plan)
  const places = createPlaces(plan)
  const content = createContent(plan, roster, places)
  const { hourly, count, deviceOf, timeOf } = places
  const { isSigfox, isUnreadable, frameHex, datagram, told, tellsItsTime, unclockedIndex } = content

  /** The message that holds a device's sample of this instant, and how many quarters of an hour earlier the sample is. */
  const locate = (device: number, at: number): { number: number; back: number } | null => {
    const number = places.nextOf(device, at)
    if (number === null) return null
    const back = (timeOf(number) - at) / quarterSeconds
    return Number.isInteger(back) ? { number, back } : null
  }
  /** The message of a device without a clock: only its index identifies it. */
  const showing = (device: number, shown: number): number | null =>
    places.findOf(device, (number) => unclockedIndex(number) === shown)

  const placeOf: Model['placeOf'] = (deviceId, channel, at, shown) => {
    const device = roster.find(deviceId)
    if (device === null) return null
    if (roster.isUnclocked(device)) {
      const number = channel === 'A' ? showing(device, shown) : null
      return number === null ? null : { number, bit: bitOf('A', 0) }
    }
    const place = locate(device, at)
    const bit = place ? bitOf(channel, place.back) : 0
    if (!place || bit === 0) return null
    const isTold = roster.hasTwoChannels(device) ? place.back === 0 : channel === 'A'
    const isRight = isTold && roster.index(device, channel === 'A' ? 0 : 1, at) === shown
    return isRight ? { number: place.number, bit } : null
  }

  const scratch = Buffer.alloc(datagramBytes)
  const deviceIdOf = (number: number) => roster.idOf(deviceOf(number))
  return {
    plan,
    count,
    hourly,
    isSigfox,
    isUnreadable,
    tellsItsTime,
    deviceIdOf,
    timeOf,
    seqNumberOf: (number: number) => places.rankOf(number) % seqNumbers,
    dueMs: places.dueMs,
    frameHex,
    datagram,
    isOurs: (deviceId: string) => roster.find(deviceId) !== null,
    find: (deviceId: string, at: number) => {
      const device = roster.find(deviceId)
      const place = device === null || roster.isUnclocked(device) ? null : locate(device, at)
      return place?.back === 0 ? place.number : null
    },
    findUnclocked: (deviceId: string, payloadHex: string) => {
      const device = roster.find(deviceId)
      return device !== null && roster.isUnclocked(device) ? showing(device, elkoCounter(payloadHex)) : null
    },
    payloadHex: (number: number) =>
      isSigfox(number) ? frameHex(number) : scratch.toString('hex', 0, datagram(number, scratch)),
    placeOf,
    told,
    nameOf: (number: number) => `${number} of ${deviceIdOf(number)}`,
  }
}

export type LoadFleet = ReturnType<typeof createLoadFleet>
