import { type LoadPlan, periodSeconds } from './plan.ts'

/** The loud device sends this many times as much as any other. */
const times = 1_000
const spacingSeconds = periodSeconds / times

/** Messages of the one device that sends far too much in the second half of a run. They are counted from 0. */
export interface LoudDevice {
  readonly count: number
  readonly timeOf: (place: number) => number
  readonly dueMs: (place: number) => number
  readonly find: (seconds: number) => number | null
}

export const loudDeviceOf = ({ loudDevice, seconds, speed, startSeconds }: LoadPlan): LoudDevice => {
  const begins = Math.ceil(startSeconds + (seconds * speed) / 2)
  const count = loudDevice ? Math.max(1, Math.floor((seconds * speed) / 2 / spacingSeconds)) : 0
  const timeOf = (place: number) => begins + Math.floor(place * spacingSeconds)
  return {
    count,
    timeOf,
    dueMs: (place) => (seconds / 2) * 1_000 + (place * spacingSeconds * 1_000) / speed,
    find: (at) => {
      const place = Math.ceil((at - begins) / spacingSeconds)
      return place >= 0 && place < count && timeOf(place) === at ? place : null
    },
  }
}
