import type pg from 'pg'
import type { Decoding, ReadingStore, Refusals } from '../../core/ports.ts'
import { vital } from '../../core/vitals.ts'
import { log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { writeBisecting } from './bisect.ts'
import { decodedBefore, writeStates } from './decodings.ts'
import { classifyFault } from './errors.ts'
import { dropEvents, writeEvents } from './events.ts'
import { countFlow } from './flow.ts'
import { loadMessages } from './message-rows.ts'
import { mergeIntoReadings } from './readings.ts'
import { writeRejects } from './rejects.ts'
import { inTransaction } from './transaction.ts'
import { dropOutlived, requireUnmoved } from './unclocked.ts'

type Batch = Parameters<ReadingStore['record']>[0]

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
    const errors = await writeBisecting(client, decodings, (slice) => writeDecodings(client, slice, counts))
    for (const [decoding, error] of errors) {
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

/** Measured only once it is committed. */
const measure = (
  metrics: Metrics | undefined,
  { refusals, counts, reasons }: Awaited<ReturnType<typeof recordBatch>>,
): Refusals => {
  const { decoded, rejected, readings } = counts
  metrics?.write({ [vital.decoded]: decoded, [vital.rejected]: rejected, [vital.readings]: readings })
  if (rejected > 0) metrics?.writeReasons(reasons)
  return refusals
}

/** Readings in PostgreSQL. Like the raw messages: as a whole, and searched for the bad row only where there is one. */
export const postgresReadingStore = (pool: pg.Pool, metrics?: Metrics): ReadingStore => ({
  load: (ids) => loadMessages(pool, [...ids].sort()),
  record: async (batch) => {
    try {
      return measure(metrics, await inTransaction(pool, (client) => recordBatch(client, batch, false)))
    } catch (error) {
      if (classifyFault(error) === 'outage') throw error
      return measure(metrics, await inTransaction(pool, (client) => recordBatch(client, batch, true)))
    }
  },
})
