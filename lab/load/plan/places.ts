import { loudDeviceOf } from './loud.ts'
import { type LoadPlan, messagesOf, messagesPerSecond, periodSeconds } from './plan.ts'
import { turnsOf } from './turns.ts'

/**
 * The numbers of a plan's messages: first the hourly ones, in the order in which they are due, then those of the loud
 * device. Devices are counted from 0, and the loud one comes after all others.
 */
export const createPlaces = (plan: LoadPlan) => {
  const { devices, startSeconds } = plan
  const { deviceAt, turnOf } = turnsOf(devices)
  const loud = loudDeviceOf(plan)
  const hourly = messagesOf(plan)
  const perMs = messagesPerSecond(plan) / 1_000
  const isLoud = (number: number) => number >= hourly
  const hourlyTimeOf = (number: number) =>
    startSeconds +
    Math.floor(((number % devices) * periodSeconds) / devices) +
    Math.floor(number / devices) * periodSeconds

  return {
    hourly,
    count: hourly + loud.count,
    isLoud,
    deviceOf: (number: number) => (isLoud(number) ? devices : deviceAt(number % devices)),
    /** How many messages the device sends before this one. */
    rankOf: (number: number) => (isLoud(number) ? number - hourly : Math.floor(number / devices)),
    /** By the fleet's clock, seconds since 1970. */
    timeOf: (number: number) => (isLoud(number) ? loud.timeOf(number - hourly) : hourlyTimeOf(number)),
    /** When the device means to send it, in milliseconds since the start of the run. */
    dueMs: (number: number) => (isLoud(number) ? loud.dueMs(number - hourly) : number / perMs),
    /** The first hourly message of a device for which `isIt` holds. Null where there is none. */
    findOf: (device: number, isIt: (number: number) => boolean): number | null => {
      for (let number = turnOf(device); number < hourly; number += devices) if (isIt(number)) return number
      return null
    },
    /** The first message of a device at or after an instant. Null where there is none. */
    nextOf: (device: number, at: number): number | null => {
      if (device === devices) {
        const place = loud.find(at)
        return place === null ? null : hourly + place
      }
      const turn = turnOf(device)
      const rank = Math.ceil((at - hourlyTimeOf(turn)) / periodSeconds)
      const number = rank * devices + turn
      return rank >= 0 && number < hourly ? number : null
    },
  }
}

export type Places = ReturnType<typeof createPlaces>
