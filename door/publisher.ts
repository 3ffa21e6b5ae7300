import type { PackedStream } from '../adapters/bus/publish.ts'
import { log } from '../adapters/process/log.ts'
import type { Measurements } from '../adapters/process/metrics.ts'
import { vital } from '../contract/vitals.ts'
import { settlementOf } from '../core/ingest/accept.ts'
import type { RawItem } from '../core/message/uplink.ts'
import { type Arrival, type Confirmed, createBatcher } from './batcher.ts'
import { createHealth, judgeHealth } from './health.ts'
import { createMetrics } from './metrics.ts'
import { countSettled, createTally, rejectedIn } from './tally.ts'

/** The raw topic as a gateway uses it. */
export type RawTopic = Pick<PackedStream<RawItem>, 'deliver' | 'packs'>

/** When the door received it, milliseconds since 1970. */
const arrivedAtMs = (item: RawItem): number => (item.kind === 'reject' ? item.atMs : item.receivedAtMs)

/**
 * What is behind every gateway: messages of many senders are held and published together, counted and reported, and the
 * gateway is healthy as long as that goes well.
 * @param confirmed called once per message, when the bus has it: an answer to the sender belongs here
 */
export const createPublisher = <A extends Arrival>(
  raw: RawTopic,
  { lingerMs, queueBytes, confirmed }: { lingerMs: number; queueBytes: number; confirmed?: Confirmed<A> },
) => {
  const tally = createTally()
  const failed = (reason: string, times: number) => {
    tally.publishFailures++
    // one line as it begins; how long it lasts is in the metrics
    if (times === 1) log.warn('publish failed, trying again', { reason })
  }
  const { hold, held, finish } = createBatcher<A>({
    lingerMs,
    queueBytes,
    deliver: (batch, confirm) =>
      raw.deliver(
        batch.map(({ item }) => item),
        (position) => confirm(batch[position] as A),
        failed,
      ),
    confirmed: (arrival, nowMs) => {
      countSettled(tally, settlementOf(arrival.item))
      metrics.confirmed((nowMs - arrivedAtMs(arrival.item)) / 1000)
      confirmed?.(arrival, nowMs)
    },
  })
  const health = createHealth((before) => judgeHealth(before, held, queueBytes, Date.now()))
  const healthy = () => health.ailment() === null
  const metrics = createMetrics({ tally, packs: raw.packs, held, healthy })
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
