import type { Stage, Worker } from './stage.ts'

/** Commands that may run at once with `--stack`. */
export const operatorsAtOnce = 2

/**
 * Database connections that the functions of a stage may hold at once, one a process: the workers of two lanes, the API,
 * upkeep twice (daily and at a deployment), and operators.
 */
export const connectionsNeeded = ({ raw, pulse, api }: Stage) =>
  2 * (raw.maxConcurrency + pulse.maxConcurrency) + api.maxConcurrency + 2 + operatorsAtOnce

/** The most concurrency that a function may have, where the stage reserves it. */
export const reserved = ({ reserveConcurrency }: Stage, maxConcurrency: number) =>
  reserveConcurrency ? { maxConcurrency } : {}

/**
 * Concurrency reserved for a worker; nothing where its event source mapping sets the limit. On-demand shards split and
 * merge, and the number of concurrent invocations follows them; Lambda retries what it throttles.
 */
export const reservedForWorker = (stage: Stage, { maxConcurrency }: Worker) =>
  stage.bus === 'kinesis' && stage.shards === 'on-demand' ? reserved(stage, maxConcurrency) : {}

/** Concurrency that Lambda insists on leaving unreserved in an account (PutFunctionConcurrency). */
const unreserved = 100

/** All that a stage reserves, and the account's quota of concurrent executions that its deployment needs. */
export const concurrencyNeeded = (stage: Stage) => {
  const { raw, pulse, api } = stage
  const one = (limit: { maxConcurrency?: number }) => limit.maxConcurrency ?? 0
  const reservedOnes =
    one(reserved(stage, api.maxConcurrency)) +
    one(reserved(stage, operatorsAtOnce)) +
    2 * (one(reservedForWorker(stage, raw)) + one(reservedForWorker(stage, pulse)))
  return { reserved: reservedOnes, quota: reservedOnes === 0 ? 0 : reservedOnes + unreserved }
}
