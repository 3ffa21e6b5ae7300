import type pg from 'pg'
import { vital } from '../../../contract/vitals.ts'
import type { Refusals } from '../../../core/ingest/message-store.ts'
import type { ReadingBatch, ReadingStore } from '../../../core/ingest/reading-store.ts'
import type { Decoding } from '../../../core/told/decoding.ts'
import { log } from '../../process/log.ts'
import type { Metrics } from '../../process/metrics.ts'
import { writeBisecting } from '../sql/bisect.ts'
import { closedDaysBefore } from '../sql/closing.ts'
import { classifyFault, isMissingPartition } from '../sql/errors.ts'
import { inTransaction } from '../sql/transaction.ts'
import { beginUnderWay } from '../sql/under-way.ts'
import { writeEvents } from '../tables/events.ts'
import { countFlow } from '../tables/flow.ts'
import { loadMessages } from '../tables/message-rows.ts'
import { writeRejects } from '../tables/rejects.ts'
import { samplePeriods } from '../tables/sample-periods.ts'
import { writeRows } from './decodings.ts'
import { replayRequested, requestReplay } from './replay-requests.ts'

type Batch = Parameters<ReadingBatch['record']>[0]
type Work<T> = (batch: ReadingBatch) => Promise<T>

interface Counts {
  decoded: number
  rejected: number
  readings: number
}

/** All that follows from some messages, table by table and each table in the order of its key. */
const writeDecodings = async (
  client: pg.PoolClient,
  decodings: readonly Decoding[],
  { closedBeforeMs, isSearching }: { closedBeforeMs: number; isSearching: boolean },
  counts: Counts,
) => {
  const { settled, overtaken, ...written } = await writeRows(client, decodings, closedBeforeMs, isSearching)
  const events = decodings.flatMap(({ message, events }) => (overtaken.has(message.id) ? [] : events))
  if (events.length > 0) await writeEvents(client, events)
  const rejects = decodings.flatMap(({ message, reject, recordRejects }) =>
    reject === null ? recordRejects : settled.has(message.id) ? [] : [reject],
  )
  if (rejects.length > 0) await writeRejects(client, rejects)
  counts.readings += written.readings
  counts.decoded += written.decoded
  counts.rejected += written.rejected
}

const recordBatch = async (client: pg.PoolClient, batch: Batch, isSearching: boolean) => {
  const { lane, decodings, rejects, refusal } = batch
  const counts: Counts = { decoded: 0, rejected: 0, readings: 0 }
  const refused = new Set<Decoding>()
  const closedBeforeMs = await closedDaysBefore(client)
  const how = { closedBeforeMs, isSearching }
  if (!isSearching) await writeDecodings(client, decodings, how, counts)
  else {
    const write = (slice: readonly Decoding[]) => writeDecodings(client, slice, how, counts)
    const errors = await writeBisecting(client, decodings, write, (_, error) => isMissingPartition(error))
    for (const [decoding, error] of errors) {
      // upkeep is late: no message is to blame
      if (isMissingPartition(error)) throw error
      refused.add(decoding)
      log.error('row_refused', { table: 'told', id: decoding.message.id, error: String(error) })
    }
    const quarantined = [...refused].map(({ message }) => refusal(message, 'row_refused'))
    await writeDecodings(client, quarantined, how, counts)
  }
  if (rejects.length > 0) await writeRejects(client, rejects)
  const { decoded: pulse_decoded, rejected: pulse_rejected, readings } = counts
  await countFlow(client, lane, { pulse_decoded, pulse_rejected, readings })
  const refusals: Refusals = decodings.map((decoding) => (refused.has(decoding) ? 'row_refused' : null))
  const own = decodings.flatMap(({ reject }, i) => refusals[i] ?? reject?.reason ?? [])
  return { refusals, closedBeforeMs, counts, reasons: [...own, ...rejects.map(({ reason }) => reason)] }
}

type RecordedBatch = Awaited<ReturnType<typeof recordBatch>>

/** Measured only once it is committed. */
const measure = (metrics: Metrics | undefined, { counts, reasons }: RecordedBatch): void => {
  const { decoded, rejected, readings } = counts
  metrics?.write({ [vital.decoded]: decoded, [vital.rejected]: rejected, [vital.readings]: readings })
  if (rejected > 0) metrics?.writeReasons(reasons)
}

/** One try at a batch: as a whole, or with a search for the rows that the database refuses. */
const tryBatch = async <T>(pool: pg.Pool, metrics: Metrics | undefined, work: Work<T>, isSearching: boolean) => {
  let recorded: RecordedBatch | null = null
  const result = await inTransaction(
    pool,
    (client) =>
      work({
        load: (ids) => loadMessages(client, [...ids].sort()),
        record: async (batch) => {
          recorded = await recordBatch(client, batch, isSearching)
          return recorded
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
  samplePeriods: (deviceIds) => samplePeriods(pool, deviceIds),
  requestReplay: (deviceIds) => requestReplay(pool, deviceIds),
  replayRequested: (replay) => replayRequested(pool, replay),
})
