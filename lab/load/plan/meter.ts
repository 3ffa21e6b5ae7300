import { mix } from './hash.ts'

/** How a meter behaves. Most are `plain`. The others do what their name says, from the middle of the run on. */
export const meterKinds = ['plain', 'leak', 'stopped', 'rollover', 'replaced'] as const
export type MeterKind = (typeof meterKinds)[number]

/** Shares of a day's water, by hour. */
const hourly = [8, 5, 4, 4, 7, 22, 58, 82, 70, 52, 44, 42, 48, 44, 38, 36, 42, 58, 76, 82, 70, 52, 36, 20]
const daySeconds = 86_400
const total = hourly.reduce((sum, part) => sum + part, 0)
const usedBefore = hourly.map((_, hour) => hourly.slice(0, hour).reduce((sum, part) => sum + part, 0) / total)

/** The share of a day's water that is used up to a second of the day. */
const usedUpTo = (second: number): number => {
  const hour = Math.floor(second / 3_600)
  return (usedBefore[hour] ?? 0) + (((hourly[hour] ?? 0) / total) * (second - hour * 3_600)) / 3_600
}

const waterAt = (seconds: number, perDay: number): number => {
  const day = Math.floor(seconds / daySeconds)
  return Math.floor(perDay * (day + usedUpTo(seconds - day * daySeconds)))
}

const leakPulsesPerHour = 40

export interface MeterWindow {
  readonly startSeconds: number
  readonly endSeconds: number
}

const kindSalt = 0x3e7e
export const meterKind = (seed: number, meter: number): MeterKind => {
  const place = mix(seed ^ kindSalt, meter) % 100
  return place < 2 ? 'leak' : place < 3 ? 'stopped' : place < 4 ? 'rollover' : place < 6 ? 'replaced' : 'plain'
}

/**
 * What a meter's register shows at an instant, in pulses of a litre. After `bits` bits it starts again at 0. The value
 * follows from the arguments alone, so the ledger needs to keep nothing.
 */
export const indexAt = (seed: number, meter: number, seconds: number, bits: 24 | 32, window: MeterWindow): number => {
  const random = mix(seed, meter)
  const perDay = 120 + (random % 780)
  const size = 2 ** bits
  const middle = window.startSeconds + Math.floor((window.endSeconds - window.startSeconds) / 2)
  const used = (at: number) => waterAt(at, perDay) - waterAt(window.startSeconds, perDay)
  // room for the days before the run
  const first = 100_000 + ((random >>> 10) % 2_000_000)
  switch (meterKind(seed, meter)) {
    case 'plain':
      return first + used(seconds)
    case 'leak':
      return first + used(seconds) + Math.floor((Math.max(0, seconds - middle) * leakPulsesPerHour) / 3_600)
    case 'stopped':
      return first + used(Math.min(seconds, middle))
    case 'rollover':
      return (size - 1 - used(middle) + used(seconds)) % size
    case 'replaced':
      return seconds < middle ? first + used(seconds) : 3 + used(seconds) - used(middle)
  }
}
