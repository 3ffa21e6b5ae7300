import { log } from '../adapters/process/log.ts'
import type { Measurements } from '../adapters/process/metrics.ts'
import { vital } from '../contract/vitals.ts'
import { accept } from '../core/ingest/accept.ts'
import type { Stream } from '../core/message/stream.ts'
import type { RawItem } from '../core/message/uplink.ts'
import { type Arrival, arrivedAtMs } from './arrival.ts'
import { createBatcher } from './batcher.ts'
import { createDelivery, type Settled } from './delivery.ts'
import { createHealth, judgeHealth } from './health.ts'
import { createMetrics } from './metrics.ts'
import { countSettled, createTally, rejectedIn } from './tally.ts'

/** The raw topic, and how many packs the bus has confirmed where it packs at all. */
export type RawTopic = Stream<RawItem> & { readonly packs?: () => number }

const reportAttempt = (attempt: number, failure: string | null) => {
  // one line as it begins; how long it lasts is in the metrics
  if (failure !== null && attempt === 1) log.warn('publish failed, trying again', { reason: failure })
}

/**
 * What is behind every door that is a container: messages of many senders are held until they are published together,
 * counted, and reported, and the door is healthy as long as that goes well.
 * @param settled called once per message, when the bus has it: an answer to the sender belongs here
 */
export const createPublisher = <A extends Arrival>(
  raw: RawTopic,
  { lingerMs, queueBytes, settled }: { lingerMs: number; queueBytes: number; settled?: Settled<A> },
) => {
  const tally = createTally()
  const { hold, held, finish } = createBatcher<A>({
    lingerMs,
    queueBytes,
    deliver: createDelivery({
      accept: accept({ raw }),
      attempted: (attempt, failure) => {
        if (failure !== null) tally.publishFailures++
        reportAttempt(attempt, failure)
      },
    }),
    settled: (arrival, settlement, nowMs) => {
      countSettled(tally, settlement)
      metrics.confirmed((nowMs - arrivedAtMs(arrival.item)) / 1000)
      settled?.(arrival, settlement, nowMs)
    },
  })
  const health = createHealth((before) => judgeHealth(before, held, queueBytes, Date.now()))
  const healthy = () => health.ailment() === null
  const metrics = createMetrics({ tally, packs: raw.packs ?? (() => 0), held, healthy })
  const totals = (): Measurements => ({
    [vital.received]: tally.received,
    [vital.accepted]: tally.accepted,
    [vital.rejected]: rejectedIn(tally),
    [vital.shed]: tally.shed,
  })
  const measured = (): Measurements => {
    const confirmSeconds = metrics.confirmedP99Seconds()
    return {
      [vital.queuedBytes]: held.bytes,
      ...(confirmSeconds === null ? {} : { [vital.confirmSeconds]: confirmSeconds }),
    }
  }
  return { tally, hold, finish, health, metrics, totals, measured }
}
