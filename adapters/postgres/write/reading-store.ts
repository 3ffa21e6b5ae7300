import type pg from 'pg'
import { vital } from '../../../contract/vitals.ts'
import type { Decoding } from '../../../core/decode/decoding.ts'
import type { Refusals } from '../../../core/ingest/message-store.ts'
import type { ReadingBatch, ReadingStore } from '../../../core/ingest/reading-store.ts'
import { log } from '../../process/log.ts'
import type { Metrics } from '../../process/metrics.ts'
import { replayRequested, requestReplay } from '../replay/requests.ts'
import { writeBisecting } from '../sql/bisect.ts'
import { classifyFault, isMissingPartition } from '../sql/errors.ts'
import { inTransaction } from '../sql/transaction.ts'
import { beginUnderWay } from '../sql/under-way.ts'
import { decodedBefore, writeStates } from './decodings.ts'
import { dropEvents, writeEvents } from './events.ts'
import { countFlow } from './flow.ts'
import { historyParts } from './history-parts.ts'
import { loadMessages } from './message-rows.ts'
import { mergeIntoReadings } from './readings.ts'
import { writeRejects } from './rejects.ts'
import { noteUntimed, samplePeriods, timedOtherwise } from './sample-periods.ts'
import { dropOutlived, requireUnmoved } from './unclocked.ts'

type Batch = Parameters<ReadingBatch['record']>[0]
type Work<T> = (batch: ReadingBatch) => Promise<T>

interface Counts {
  decoded: number
  rejected: number
  readings: number
}

/** All that follows from some messages, table by table and each table in the order of its key. */
const writeDecodings = async (client: pg.PoolClient, decodings: readonly Decoding[], counts: Counts) => {
  const outlived = await dropOutlived(client, decodings)
  const readings = decodings.flatMap((decoding) => decoding.readings)
  const { added, keep, drop } = await mergeIntoReadings(client, readings)
  const events = [...decodings.flatMap((decoding) => decoding.events), ...keep]
  if (events.length > 0) await writeEvents(client, events)
  if (drop.length > 0) await dropEvents(client, drop)
  const states = await writeStates(client, decodings)
  // after the states: a message that is decoded resolves what was wrong before, not what is wrong now
  const settled = await decodedBefore(client, decodings)
  const rejects = decodings.flatMap(({ message, reject, recordRejects }) =>
    reject === null ? recordRejects : settled.has(message.id) ? [] : [reject],
  )
  if (rejects.length > 0) await writeRejects(client, rejects)
  counts.readings += added - outlived
  counts.decoded += states.decoded
  counts.rejected += states.rejected
}

const recordBatch = async (client: pg.PoolClient, batch: Batch, bisect: boolean) => {
  const { lane, decodings, rejects, refusal } = batch
  const counts: Counts = { decoded: 0, rejected: 0, readings: 0 }
  const refused = new Set<Decoding>()
  await requireUnmoved(client, decodings)
  if (!bisect) await writeDecodings(client, decodings, counts)
  else {
    const write = (slice: readonly Decoding[]) => writeDecodings(client, slice, counts)
    const errors = await writeBisecting(client, decodings, write, (_, error) => isMissingPartition(error))
    for (const [decoding, error] of errors) {
      // upkeep is late: no message is to blame
      if (isMissingPartition(error)) throw error
      refused.add(decoding)
      log.error('row_refused', { table: 'reading', id: decoding.message.id, error: String(error) })
    }
    const quarantined = [...refused].map(({ message }) => refusal(message, 'row_refused'))
    await writeDecodings(client, quarantined, counts)
  }
  if (rejects.length > 0) await writeRejects(client, rejects)
  const { decoded: pulse_decoded, rejected: pulse_rejected, readings } = counts
  await countFlow(client, lane, { pulse_decoded, pulse_rejected, readings })
  const refusals: Refusals = decodings.map((decoding) => (refused.has(decoding) ? 'row_refused' : null))
  const own = decodings.flatMap(({ reject }, i) => refusals[i] ?? reject?.reason ?? [])
  return { refusals, counts, reasons: [...own, ...rejects.map(({ reason }) => reason)] }
}

type Recorded = Awaited<ReturnType<typeof recordBatch>>

/** Measured only once it is committed. */
const measure = (metrics: Metrics | undefined, { counts, reasons }: Recorded): void => {
  const { decoded, rejected, readings } = counts
  metrics?.write({ [vital.decoded]: decoded, [vital.rejected]: rejected, [vital.readings]: readings })
  if (rejected > 0) metrics?.writeReasons(reasons)
}

/** One try at a batch: as a whole, or with a search for the rows that the database refuses. */
const tryBatch = async <T>(pool: pg.Pool, metrics: Metrics | undefined, work: Work<T>, bisect: boolean) => {
  let recorded: Recorded | null = null
  const result = await inTransaction(
    pool,
    (client) =>
      work({
        load: (ids) => loadMessages(client, [...ids].sort()),
        noteUntimed: (deviceIds) => noteUntimed(client, deviceIds),
        samplePeriods: (deviceIds) => samplePeriods(client, deviceIds),
        historyParts: (spans) => historyParts(client, spans),
        record: async (batch) => {
          recorded = await recordBatch(client, batch, bisect)
          return recorded.refusals
        },
      }),
    beginUnderWay,
  )
  if (recorded) measure(metrics, recorded)
  return result
}

/** Readings in PostgreSQL. Like the raw messages: as a whole, and searched for the bad row only where there is one. */
export const postgresReadingStore = (pool: pg.Pool, metrics?: Metrics): ReadingStore => ({
  inBatch: async (work) => {
    try {
      return await tryBatch(pool, metrics, work, false)
    } catch (error) {
      if (classifyFault(error) === 'outage') throw error
      return await tryBatch(pool, metrics, work, true)
    }
  },
  timedOtherwise: (since) => timedOtherwise(pool, since),
  requestReplay: (deviceIds) => requestReplay(pool, deviceIds),
  replayRequested: (replay) => replayRequested(pool, replay),
})
