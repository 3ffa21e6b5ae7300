import { vital } from '../../contract/vitals.ts'
import type { MessageId } from '../../core/message/identity.ts'
import type { Lane } from '../../core/message/lane.ts'
import type { Outcome } from '../../core/message/outcome.ts'
import type { RejectRecord } from '../../core/message/rejects.ts'
import type { RawItem } from '../../core/message/uplink.ts'
import { messageIdCodec, rawItemCodec } from '../pack/items.ts'
import { type ItemCodec, UnknownPackVersion, unpackItems } from '../pack/pack.ts'
import { log } from '../process/log.ts'
import type { Metrics } from '../process/metrics.ts'

/** The topic before a worker: the lane and the step that the worker serves, and how its items are written. */
export interface Topic<T> {
  readonly lane: Lane
  readonly step: 'raw' | 'pulse'
  readonly codec: ItemCodec<T>
}

export const rawTopic = (lane: Lane): Topic<RawItem> => ({ lane, step: 'raw', codec: rawItemCodec })
export const pulseTopic = (lane: Lane): Topic<MessageId> => ({ lane, step: 'pulse', codec: messageIdCodec })

/** A record as a bus delivers it. */
export interface BusRecord {
  /** The bus's own name for it. */
  readonly id: string
  readonly bytes: Buffer
  /** When the bus took it, milliseconds since 1970: the same at every redelivery. */
  readonly sentAtMs: number
  /** True where it did not even arrive in the form in which we send packs. */
  readonly isForeign?: boolean
}

/** A record, and the run of items that it holds in the batch: none where it could not be read. */
export interface PackRun {
  readonly id: string
  readonly first: number
  readonly count: number
  readonly unreadable: boolean
}

/** On every topic a record that is not a pack is handed over as a reject. */
export type UseCase<T> = (batch: readonly (T | RejectRecord)[]) => Promise<Outcome[]>

/** One reject with all bytes of a record that is not a pack. The instant of its door is lost; that of the bus stands in. */
const corruptPack = <T>({ lane, step }: Topic<T>, { bytes, sentAtMs }: BusRecord): RejectRecord => ({
  kind: 'reject',
  lane,
  step,
  reason: 'pack_corrupt',
  bytes,
  atMs: sentAtMs,
  deviceId: null,
})

/** The items of all records, in order, and which of them each record holds. */
const unpackRecords = <T>(topic: Topic<T>, records: readonly BusRecord[]) => {
  const items: (T | RejectRecord)[] = []
  const runs = records.map((record): PackRun => {
    const { id, bytes, isForeign = false } = record
    const first = items.length
    try {
      for (const item of unpackItems(topic.codec, bytes)) items.push(item)
    } catch (error) {
      const newer = !isForeign && error instanceof UnknownPackVersion
      const { lane, step } = topic
      log.warn(newer ? 'pack_version_unknown' : 'pack_corrupt', { lane, step, record: id, error: String(error) })
      if (newer) return { id, first, count: 0, unreadable: true }
      items.push(corruptPack(topic, record))
    }
    return { id, first, count: items.length - first, unreadable: false }
  })
  return { items, runs }
}

/**
 * The ids of the records that must come again, in order: those that hold a retry (their other items are idempotent), and
 * those that could not be read yet.
 */
export const comeAgain = (runs: readonly PackRun[], outcomes: readonly Outcome[]): string[] =>
  runs
    .filter(({ first, count, unreadable }) => {
      if (unreadable) return true
      // an item without an outcome was not handled
      for (let i = first; i < first + count; i++) if ((outcomes[i]?.status ?? 'retry') === 'retry') return true
      return false
    })
    .map(({ id }) => id)

/** What Lambda says of an invocation, as far as it matters here. */
export interface InvocationContext {
  readonly getRemainingTimeInMillis: () => number
}

/**
 * One call of the use case is one transaction. An event of 6 MB can hold 260,000 ids. In one call they took 400 MB and
 * 18 s, and with eight history records each more memory than a worker has. In runs, what is done stays done.
 */
const mostItemsAtOnce = 10_000

/** The outcomes of the items that there was time for. Those of the others are missing, so their records come again. */
const handleInRuns = async <T>(
  items: readonly (T | RejectRecord)[],
  useCase: UseCase<T>,
  context: InvocationContext | undefined,
): Promise<Outcome[]> => {
  const outcomes: Outcome[] = []
  let slowestMs = 0
  for (let at = 0; at < items.length; at += mostItemsAtOnce) {
    const isTimeShort = (context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY) < 2 * slowestMs
    if (isTimeShort) break
    const startedAtMs = Date.now()
    const run = await useCase(items.slice(at, at + mostItemsAtOnce))
    run.forEach((outcome, i) => {
      outcomes[at + i] = outcome
    })
    slowestMs = Math.max(slowestMs, Date.now() - startedAtMs)
  }
  return outcomes
}

/**
 * Age of the oldest record, written before the work so that it is there when the work fails. SQS leaves a message out of its
 * own age once it was received three times, which an outage of the database does to all of them.
 */
const measureAge = (metrics: Pick<Metrics, 'write'>, records: readonly BusRecord[]): void => {
  const sentAtMs = records.reduce((oldest, record) => Math.min(oldest, record.sentAtMs), Number.POSITIVE_INFINITY)
  if (Number.isFinite(sentAtMs)) metrics.write({ [vital.oldestSeconds]: Math.max(0, Date.now() - sentAtMs) / 1000 })
}

/** What a worker may know of its invocation, and where it measures. */
export interface Invocation {
  readonly context?: InvocationContext | undefined
  readonly metrics?: Pick<Metrics, 'write'> | undefined
}

/**
 * Unpacks the records and calls the use case with their items. When the use case throws, the whole batch comes again, and
 * the platform polls more slowly.
 * @returns the ids of the records that must come again
 */
export const handleRecords = async <T>(
  topic: Topic<T>,
  records: readonly BusRecord[],
  useCase: UseCase<T>,
  { context, metrics }: Invocation = {},
): Promise<string[]> => {
  if (metrics) measureAge(metrics, records)
  const { items, runs } = unpackRecords(topic, records)
  return comeAgain(runs, await handleInRuns(items, useCase, context))
}
