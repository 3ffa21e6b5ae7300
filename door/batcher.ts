import { type Arrival, wireBytes } from './arrival.ts'
import type { Deliver, Settled } from './delivery.ts'

// Five or six full records of the bus: what is lost to a last, half full one stays small, and packing it takes a
// few milliseconds of the event loop.
const batchBytes = 256 * 1024
// Enough to hide the bus's round trip: at 10 ms each, 8 of them carry 2 million datagrams a second.
const publishesAtOnce = 8

/** What is in memory, waiting or in flight. */
export interface Held {
  readonly items: number
  readonly bytes: number
  /** Since when the bus owes a confirmation and has given none; null when nothing is in flight. */
  readonly owedSinceMs: number | null
  /** When the bus last confirmed anything; null for never. */
  readonly confirmedAtMs: number | null
}

export interface Batcher<A extends Arrival> {
  /** Takes `arrival` to be published. False, and nothing is kept, when memory would exceed its limit. */
  readonly hold: (arrival: A) => boolean
  readonly held: Held
  /** Publishes without further linger. Answers how many items the bus has not confirmed after `withinMs`. */
  readonly finish: (withinMs: number) => Promise<number>
}

/**
 * Collects messages into batches: one goes to the bus when its oldest has waited `lingerMs` or when it is large, and
 * a few are in flight at once. What waits and what is in flight never exceed `queueBytes` together.
 * @param settled called once per item, when the bus has it and memory has let go of it
 */
export const createBatcher = <A extends Arrival>(parts: {
  deliver: Deliver<A>
  settled: Settled<A>
  lingerMs: number
  queueBytes: number
}): Batcher<A> => {
  const held: { -readonly [K in keyof Held]: Held[K] } = { items: 0, bytes: 0, owedSinceMs: null, confirmedAtMs: null }
  const full: A[][] = []
  let open: A[] = []
  let openBytes = 0
  let due = false
  let finishing = false
  let linger: NodeJS.Timeout | undefined
  let inFlight = 0
  let whenEmpty = () => {}

  const settle: Settled<A> = (arrival, settlement, nowMs) => {
    held.items--
    held.bytes -= arrival.memoryBytes
    held.owedSinceMs = nowMs
    held.confirmedAtMs = nowMs
    parts.settled(arrival, settlement, nowMs)
  }

  const closeOpen = (): A[] => {
    clearTimeout(linger)
    const batch = open
    open = []
    openBytes = 0
    due = false
    return batch
  }

  // A batch that is due while all publishes are busy stays open: it grows instead of multiplying.
  const next = () => full.shift() ?? ((due || finishing) && open.length > 0 ? closeOpen() : undefined)

  const pump = () => {
    while (inFlight < publishesAtOnce) {
      const batch = next()
      if (!batch) return
      inFlight++
      held.owedSinceMs ??= Date.now()
      void parts.deliver(batch, settle).then(() => {
        inFlight--
        if (inFlight === 0) held.owedSinceMs = null
        pump()
        if (held.items === 0) whenEmpty()
      })
    }
  }

  const lingered = () => {
    due = true
    pump()
  }

  return {
    held,
    hold: (arrival) => {
      const { memoryBytes } = arrival
      if (held.bytes + memoryBytes > parts.queueBytes) return false
      held.items++
      held.bytes += memoryBytes
      if (open.length === 0) linger = setTimeout(lingered, parts.lingerMs)
      open.push(arrival)
      openBytes += wireBytes(arrival.item)
      if (openBytes >= batchBytes) {
        full.push(closeOpen())
        pump()
      }
      return true
    },
    finish: (withinMs) =>
      new Promise((resolve) => {
        const deadline = setTimeout(() => resolve(held.items), withinMs)
        whenEmpty = () => {
          clearTimeout(deadline)
          resolve(0)
        }
        finishing = true
        if (held.items === 0) whenEmpty()
        else pump()
      }),
  }
}
