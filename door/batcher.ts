import type { RawItem } from '../core/message/uplink.ts'

/** A message that a door has read and that is on its way to the bus. */
export interface Arrival {
  readonly item: RawItem
  /** What it takes of memory while it is held. */
  readonly memoryBytes: number
}

// A pack adds about this much to a message: kind, length, device, times.
const envelopeBytes = 32

/** Bytes that an item takes on the bus, near enough to size a publish by. */
const wireBytes = (item: RawItem): number => envelopeBytes + (item.kind === 'reject' ? item.bytes : item.payload).length

// Five or six full records of the bus: a last, half full one loses little, and packing them takes a few milliseconds of the
// event loop.
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

/** Called once per message, when the bus has it. Whatever acknowledges a message belongs here, and nowhere before. */
export type Confirmed<A extends Arrival> = (arrival: A, nowMs: number) => void

export interface Batcher<A extends Arrival> {
  /** Takes `arrival` to be published. False, and nothing is kept, when memory would exceed its limit. */
  readonly hold: (arrival: A) => boolean
  readonly held: Held
  /** Publishes without further linger. Answers how many items the bus has not confirmed after `withinMs`. */
  readonly finish: (withinMs: number) => Promise<number>
}

/**
 * Collects messages into batches. A batch goes to the bus when its oldest message has waited `lingerMs`, or when it is
 * large; a few are in flight at once. What waits and what is in flight never exceed `queueBytes` together.
 * @param deliver publishes a batch until the bus has all of it
 * @param confirmed called when memory has let go of the message
 */
export const createBatcher = <A extends Arrival>(parts: {
  deliver: (batch: readonly A[], confirmed: (arrival: A) => void) => Promise<void>
  confirmed: Confirmed<A>
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

  const confirm = (arrival: A) => {
    const nowMs = Date.now()
    held.items--
    held.bytes -= arrival.memoryBytes
    held.owedSinceMs = nowMs
    held.confirmedAtMs = nowMs
    parts.confirmed(arrival, nowMs)
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
      void parts.deliver(batch, confirm).then(() => {
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
