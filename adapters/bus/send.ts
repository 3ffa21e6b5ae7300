import { setTimeout as wait } from 'node:timers/promises'
import { backoffMs } from '../process/backoff.ts'

/** What a bus takes. */
export interface Limits {
  /** Most records in one call, and the most bytes that they may have together. */
  readonly records: number
  readonly bytes: number
  /** Most bytes of one record. */
  readonly recordBytes: number
}

export interface SendOptions {
  /** Give up when this much time has passed: whoever waits must be told in time. */
  readonly deadlineMs: number
  readonly maxTries: number
}

/** Below the 8 s in which a callback must answer, and above any stall that a healthy bus shows. */
export const defaultSendOptions: SendOptions = { deadlineMs: 5_000, maxTries: 8 }

/**
 * A client's settings: retries are ours, because those of the SDK cover no partial failures, and a call that hangs is
 * given up in time for another try before the deadline; without `throwOnRequestTimeout` the SDK only warns of it.
 */
export const maxAttempts = 1
export const requestTimeouts = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true }

/** One call. Per record, in order: null once the bus has confirmed it, else why not. Throws where nothing is known. */
export type SendOnce<T> = (records: readonly T[], signal: AbortSignal) => Promise<(string | null)[]>

interface Entry<T> {
  readonly record: T
  failure: string | null
}

/** Consecutive records in groups that one call takes. */
export const groupRecords = <T>(records: readonly T[], bytesOf: (record: T) => number, limits: Limits): T[][] => {
  const groups: T[][] = []
  let groupBytes = 0
  for (const record of records) {
    const bytes = bytesOf(record)
    const last = groups.at(-1)
    if (last && last.length < limits.records && groupBytes + bytes <= limits.bytes) {
      last.push(record)
      groupBytes += bytes
    } else {
      groups.push([record])
      groupBytes = bytes
    }
  }
  return groups
}

/** Buses answer 200 with failures inside: each record is judged alone, and one that is not mentioned failed. */
const tryOnce = async <T>(sendOnce: SendOnce<T>, entries: readonly Entry<T>[], signal: AbortSignal) => {
  const records = entries.map(({ record }) => record)
  const failAll = (error: unknown) => records.map(() => (error instanceof Error ? error.name : 'unknown error'))
  const failures = await sendOnce(records, signal).catch(failAll)
  entries.forEach((entry, i) => {
    const failure = failures[i]
    entry.failure = failure === undefined ? 'not mentioned in the answer of the bus' : failure
  })
}

const tryUntil = async <T>(
  signal: AbortSignal,
  sendOnce: SendOnce<T>,
  group: readonly Entry<T>[],
  options: SendOptions,
) => {
  let pending = group
  for (let attempt = 1; ; attempt++) {
    await tryOnce(sendOnce, pending, signal)
    pending = pending.filter(({ failure }) => failure !== null)
    if (pending.length === 0 || attempt >= options.maxTries || signal.aborted) return
    await wait(backoffMs(attempt), undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
  }
}

/** Not `AbortSignal.timeout`, which lives on until its time has come: five seconds of them are a load for each collection. */
const sendGroup = async <T>(sendOnce: SendOnce<T>, group: readonly Entry<T>[], options: SendOptions) => {
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), options.deadlineMs)
  await tryUntil(deadline.signal, sendOnce, group, options).finally(() => clearTimeout(timer))
}

/**
 * Sends all records; what fails is sent again alone, with jitter, until the tries or the time are used up. A record
 * larger than the bus takes is not sent at all: on Kinesis it would fail the whole call.
 * @returns per record, in order: null once the bus has confirmed it, else why it has not
 */
export const sendRecords = async <T>(
  records: readonly T[],
  bytesOf: (record: T) => number,
  limits: Limits,
  sendOnce: SendOnce<T>,
  options: SendOptions,
): Promise<(string | null)[]> => {
  const entries = records.map((record): Entry<T> => ({ record, failure: 'larger than the bus takes' }))
  const bytesOfEntry = ({ record }: Entry<T>) => bytesOf(record)
  const possible = entries.filter((entry) => bytesOfEntry(entry) <= limits.recordBytes)
  const groups = groupRecords(possible, bytesOfEntry, limits)
  await Promise.all(groups.map((group) => sendGroup(sendOnce, group, options)))
  return entries.map(({ failure }) => failure)
}
