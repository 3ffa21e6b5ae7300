import { setTimeout as wait } from 'node:timers/promises'
import { done, type Outcome, retry } from '../../core/message/outcome.ts'
import type { Stream } from '../../core/message/stream.ts'
import type { Pack, Packed } from '../pack/pack.ts'
import { backoffMs } from '../process/backoff.ts'

/*
 * The way of a publish:
 *
 *   accept, storeRaw     core/ingest   say what an item's outcome means
 *   publish or deliver   here          packs the items and groups the packs; an item's outcome is that of its pack
 *   send                 here          the one retry loop: what a call did not take goes into the next call, alone
 *   put                  adapters/sqs, adapters/kinesis   makes one call and reads its answer, pack by pack
 *   call                 adapters/aws/call.ts             signs and sends it (for Kinesis: the client of the SDK)
 */

/** What a bus takes. */
export interface Limits {
  /** Most records of one call, and the most bytes that they may have together. */
  readonly records: number
  readonly bytes: number
  /** Most bytes of one record. */
  readonly recordBytes: number
}

/** When a sender gives up: after this time, or after this many tries. */
export interface Patience {
  readonly deadlineMs: number
  readonly maxTries: number
}

/** Below the 8 s in which a callback must be answered, and above any stall that a healthy bus shows. */
export const shortPatience: Patience = { deadlineMs: 5_000, maxTries: 8 }

/** A call that hangs ends early enough for another try. Without `throwOnRequestTimeout` the SDK would only warn. */
export const requestTimeouts = {
  connectionTimeout: 1_000,
  requestTimeout: 2_000,
  throwOnRequestTimeout: true,
  // The limit above ends with the headers of an answer; this one is for a body that does not come.
  socketTimeout: 2_000,
}

/** Makes one call. Per record, in order: null once the bus has confirmed it, else why not. Throws if nothing is known. */
export type Put<T> = (records: readonly T[], signal: AbortSignal) => Promise<(string | null)[]>

/** Hears of a failure. `times` counts those of the same records from 1. */
type Failed = (failure: string, times: number) => void

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

/**
 * Sends what one call takes. Buses answer 200 with failures inside, so each record is judged alone, and after a random
 * wait what failed is sent again, alone. A record that the answer does not mention has failed.
 * @param settle called once per record: with null once the bus has confirmed it, else with the last failure
 * @param insist where given, it is called each time `maxTries` have failed, and the tries go on
 */
export const send = async <T>(
  records: readonly T[],
  put: Put<T>,
  settle: (record: T, failure: string | null) => void,
  { deadlineMs, maxTries }: Patience,
  insist?: Failed,
): Promise<void> => {
  // not `AbortSignal.timeout`, which lives until its time has come: five seconds of them burden every collection
  const deadline = new AbortController()
  const timer = deadlineMs < Infinity ? setTimeout(() => deadline.abort(), deadlineMs) : undefined
  let pending = records.map((record): { record: T; failure: string | null } => ({ record, failure: null }))
  for (let attempt = 1; pending.length > 0 && !deadline.signal.aborted; attempt++) {
    const failAll = (error: unknown) => pending.map(() => (error instanceof Error ? error.name : 'unknown error'))
    const some = pending.map(({ record }) => record)
    const answer = await put(some, deadline.signal).catch(failAll)
    pending.forEach((entry, i) => {
      entry.failure = answer[i] === undefined ? 'not mentioned in the answer of the bus' : answer[i]
      if (entry.failure === null) settle(entry.record, null)
    })
    pending = pending.filter(({ failure }) => failure !== null)
    if (pending.length === 0) break
    if (attempt % maxTries === 0) {
      if (!insist) break
      insist(String(pending[0]?.failure), attempt / maxTries)
    }
    await wait(backoffMs(attempt), undefined, { signal: deadline.signal }).catch(() => undefined)
  }
  clearTimeout(timer)
  for (const { record, failure } of pending) settle(record, failure)
}

/** A topic on which items travel in packs. */
export interface PackedStream<T> extends Stream<T> {
  /**
   * Publishes a batch for as long as the process lives. `confirmed` is called once per item, with its position in the
   * batch, when the bus has it; `failed` each time that as many tries were in vain as a `publish` makes.
   */
  readonly deliver: (batch: readonly T[], confirmed: (position: number) => void, failed: Failed) => Promise<void>
  /** How many packs the bus has confirmed: what it bills. */
  readonly packs: () => number
}

/** A topic of a bus. A pack larger than the bus takes is not sent at all: on Kinesis it would fail its whole call. */
export const packedStream = <T, P extends Pack>(
  bus: { readonly name: string; readonly limits: Limits; readonly bytesOf: (pack: P) => number; readonly put: Put<P> },
  pack: (batch: readonly T[]) => Packed<P>,
  patience: Patience,
): PackedStream<T> => {
  let confirmed = 0
  type Settle<R> = (item: T, outcome: Outcome, position: number) => R

  const publish = async <R>(batch: readonly T[], settle: Settle<R>, limit = patience, insist?: Failed) => {
    const { packs, positions } = pack(batch)
    const results = new Array<R>(batch.length)
    const settlePack = ({ first, count }: P, failure: string | null) => {
      if (failure === null) confirmed++
      const outcome = failure === null ? done : retry(`${bus.name} ${failure}`)
      for (let n = first; n < first + count; n++) {
        const position = positions?.[n] ?? n
        results[position] = settle(batch[position] as T, outcome, position)
      }
    }
    const isPossible = (one: P) => bus.bytesOf(one) <= bus.limits.recordBytes
    for (const one of packs) if (!isPossible(one)) settlePack(one, 'larger than the bus takes')
    const groups = groupRecords(packs.filter(isPossible), bus.bytesOf, bus.limits)
    await Promise.all(groups.map((group) => send(group, bus.put, settlePack, limit, insist)))
    return results
  }

  const deliver: PackedStream<T>['deliver'] = async (batch, confirmed, failed) => {
    const settle: Settle<void> = (_, outcome, position) =>
      outcome.status === 'retry' ? failed(outcome.reason, 1) : confirmed(position)
    const insist: Failed = (failure, times) => failed(`${bus.name} ${failure}`, times)
    await publish(batch, settle, { ...patience, deadlineMs: Infinity }, insist)
  }

  return { publish, deliver, packs: () => confirmed }
}
