import { setTimeout as sleep } from 'node:timers/promises'
import { groupRecords } from '../../adapters/bus/publish.ts'
import type { Invocation } from '../functions/function-process.ts'
import type { StreamMapping } from '../template/mappings.ts'
import { failedMessages } from './batch-response.ts'

/** A record in the event of a function. */
export interface StreamRecord {
  readonly kinesis: {
    readonly sequenceNumber: string
    readonly partitionKey: string
    /** Seconds since 1970. */
    readonly approximateArrivalTimestamp: number
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

export interface Delivery {
  readonly invoke: (event: unknown) => Promise<Invocation>
  readonly isStopping: () => boolean
}

/** Lambda's limit for an invocation. */
const payloadLimitBytes = 6 * 1024 * 1024

/** Pauses between two tries of the same records. AWS backs off, but does not document how. */
const shortestPauseMs = 100
const longestPauseMs = 2_000

const sequenceNumbers = (records: readonly StreamRecord[]) => records.map(({ kinesis }) => kinesis.sequenceNumber)

/** Where the next try begins: at the lowest named number, at the start after an error, otherwise after the end. */
const firstFailed = (invocation: Invocation, records: readonly StreamRecord[], reportsFailures: boolean): number => {
  const numbers = sequenceNumbers(records)
  const failed = failedMessages(invocation, numbers, reportsFailures)
  const first = numbers.findIndex((number) => failed.has(number))
  return first < 0 ? records.length : first
}

/**
 * Invokes the function with these records until all are handled. False when it was stopped first.
 * After an error, a mapping that bisects halves the batch and handles the first half first. After a partial response,
 * the next try begins at the named number: AWS documents that bisecting splits the batch there and retries only the
 * rest. Two cases are not documented. If the first record is named, the same records are retried here. If a number is
 * named that is not in the batch, the whole batch is retried, as with a queue.
 */
const settle = async (records: readonly StreamRecord[], mapping: StreamMapping, to: Delivery): Promise<boolean> => {
  let rest = records
  for (let pauseMs = shortestPauseMs; rest.length > 0; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    if (to.isStopping()) return false
    const invocation = await to.invoke({ Records: rest })
    const first = firstFailed(invocation, rest, mapping.reportsFailures)
    if (first > 0) pauseMs = shortestPauseMs
    rest = rest.slice(first)
    if (rest.length > 0 && !to.isStopping()) await sleep(pauseMs)
    if (!invocation.ok && mapping.bisects && rest.length > 1) {
      const middle = Math.ceil(rest.length / 2)
      if (!(await settle(rest.slice(0, middle), mapping, to))) return false
      rest = rest.slice(middle)
    }
  }
  return true
}

const laneOf = (partitionKey: string, lanes: number) => {
  let sum = 0
  for (let i = 0; i < partitionKey.length; i++) sum = (sum * 31 + partitionKey.charCodeAt(i)) % 65_521
  return sum % lanes
}

/**
 * Invokes the function with the records of one shard, in batches: as many at once as the mapping's factor. Records
 * with the same partition key stay in order. While one batch is stuck, AWS reads on; here the next records wait for
 * all. False when it was stopped before all were handled.
 */
export const deliver = async (records: readonly StreamRecord[], mapping: StreamMapping, to: Delivery) => {
  const limits = { records: mapping.batchSize, bytes: payloadLimitBytes, recordBytes: payloadLimitBytes }
  const bytesOf = (record: StreamRecord) => JSON.stringify(record).length + 1
  const lanes = Array.from({ length: mapping.factor }, (_, lane) =>
    records.filter(({ kinesis }) => laneOf(kinesis.partitionKey, mapping.factor) === lane),
  )
  const inTurn = async (lane: readonly StreamRecord[]) => {
    for (const batch of groupRecords(lane, bytesOf, limits)) if (!(await settle(batch, mapping, to))) return false
    return true
  }
  const handled = await Promise.all(lanes.map(inTurn))
  return handled.every(Boolean)
}
