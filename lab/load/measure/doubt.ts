import { type Scrape, settledIn } from '../../ledger/scrape.ts'

/** A time in which a sent datagram may not have been received, or was received by a process that did not report it. */
export interface Doubt {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Datagrams are not answered, so each counts as confirmed unless something is known to have stopped it. A gateway reads in
 * the order of sending and publishes a few packs at once. These overtake each other by at most this many milliseconds, and
 * no datagram waits longer to be read.
 */
const disorderMs = 1_000

/** A process that has been restarted counts from zero. */
const isNewProcess = (before: Scrape, after: Scrape) =>
  after.received < before.received || after.accepted < before.accepted

/** Until when everything sent is known to be on the bus, from the scrapes of one process. */
const provenUntil = (scrapes: readonly Scrape[]): number => {
  const last = scrapes.at(-1)
  if (!last) return Number.NEGATIVE_INFINITY
  const proven = scrapes.findLast(
    ({ atMs, received, publishFailures }) =>
      atMs <= last.atMs - disorderMs && received <= settledIn(last) && publishFailures === last.publishFailures,
  )
  return (proven ?? scrapes[0] ?? last).atMs - disorderMs
}

/** Whether datagrams were dropped between two scrapes, and counted as dropped. */
const thrownAway = (before: Scrape, after: Scrape) => after.kernelDrops > before.kernelDrops || after.shed > before.shed

/**
 * The times of doubt of a run, from all answered scrapes.
 * @param isAnswering whether the gateway answered in the end
 */
export const doubtsOf = (scrapes: readonly Scrape[], isAnswering: boolean): Doubt[] => {
  const doubts: Doubt[] = []
  let ofProcess: Scrape[] = []
  for (const [i, after] of scrapes.entries()) {
    const before = scrapes[i - 1]
    if (before && isNewProcess(before, after)) {
      // a process that answers here also receives
      doubts.push({ fromMs: provenUntil(ofProcess), toMs: after.answeredAtMs })
      ofProcess = []
    } else if (before && thrownAway(before, after)) {
      doubts.push({ fromMs: before.atMs - disorderMs, toMs: after.answeredAtMs })
    }
    ofProcess.push(after)
  }
  if (!isAnswering) doubts.push({ fromMs: provenUntil(ofProcess), toMs: Number.POSITIVE_INFINITY })
  return doubts
}

/** Sums since the first scrape, over all processes that answered. */
export const totalsOf = (scrapes: readonly Scrape[]) => {
  const ends = scrapes.filter((one, i) => {
    const next = scrapes[i + 1]
    return !next || isNewProcess(one, next)
  })
  const [first] = scrapes
  const sum = (read: (one: Scrape) => number) =>
    ends.reduce((total, one) => total + read(one), 0) - (first ? read(first) : 0)
  return {
    processes: ends.length,
    received: sum(({ received }) => received),
    accepted: sum(({ accepted }) => accepted),
    rejected: sum(({ rejected }) => rejected),
    shed: sum(({ shed }) => shed),
    kernelDrops: sum(({ kernelDrops }) => kernelDrops),
    confirmedWithin: (bound: number) => sum(({ confirmedWithin }) => confirmedWithin.get(bound) ?? 0),
    bounds: [...(ends[0]?.confirmedWithin.keys() ?? [])].sort((a, b) => a - b),
  }
}

export type GatewayTotals = ReturnType<typeof totalsOf>
