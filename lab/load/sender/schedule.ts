import type { LoadFleet } from '../plan/fleet.ts'
import { minuteMs } from '../plan/plan.ts'
import { delayedDueMs, radioOf } from '../plan/radio.ts'

interface Departure {
  readonly number: number
  readonly dueMs: number
  readonly isCopy: boolean
}

/** `isCopy`: the message has been sent before. */
export type Send = (number: number, dueMs: number, isCopy: boolean) => void

const bucketMs = 10

/** The departures of a fleet in the order in which they are due, to within 10 ms. Only delayed ones are kept in memory. */
export const createSchedule = (fleet: LoadFleet) => {
  const { plan, hourly, count, dueMs } = fleet
  const endMs = plan.seconds * 1_000
  const waiting = new Map<number, Departure[]>()
  let [next, nextLoud, nextBucket] = [0, hourly, 0]
  let left = 0

  const delay = (number: number, radio: ReturnType<typeof radioOf>) => {
    const due = dueMs(number)
    const nextNumber = number + plan.devices
    const pace = { minuteMs: minuteMs(plan), nextDueMs: nextNumber < hourly ? dueMs(nextNumber) : null, endMs }
    const departure = {
      number,
      dueMs: delayedDueMs(plan.seed, number, radio, fleet.isSigfox(number), due, pace),
      isCopy: radio === 'repeated',
    }
    const bucket = Math.max(nextBucket, Math.floor(departure.dueMs / bucketMs))
    const known = waiting.get(bucket)
    if (known) known.push(departure)
    else waiting.set(bucket, [departure])
    left++
  }

  const depart = (number: number, send: Send) => {
    const radio = radioOf(plan.seed, number)
    if (radio === 'plain' || radio === 'repeated') send(number, dueMs(number), false)
    if (radio !== 'plain' && radio !== 'lost') delay(number, radio)
  }

  return {
    /** Sends everything that is due by now, in milliseconds since the start of the run. */
    sendUntil: (nowMs: number, send: Send) => {
      while (next < hourly && dueMs(next) <= nowMs) depart(next++, send)
      while (nextLoud < count && dueMs(nextLoud) <= nowMs) send(nextLoud, dueMs(nextLoud++), false)
      for (const last = Math.floor(nowMs / bucketMs); nextBucket < last; nextBucket++) {
        for (const { number, dueMs, isCopy } of waiting.get(nextBucket) ?? []) {
          left--
          send(number, dueMs, isCopy)
        }
        waiting.delete(nextBucket)
      }
    },
    isOver: () => next === hourly && nextLoud === count && left === 0,
  }
}
