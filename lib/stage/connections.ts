import type { Stage, Worker } from './stage.ts'

/** Commands that may run at once with `--stack`. */
export const operatorsAtOnce = 2

/**
 * Database connections that the functions of a stage may hold at once, one a process: the workers of two lanes, the API,
 * upkeep twice (daily and at a deployment), and operators.
 */
export const connectionsNeeded = ({ raw, pulse, api }: Stage) =>
  2 * (raw.maxConcurrency + pulse.maxConcurrency) + api.maxConcurrency + 2 + operatorsAtOnce

/**
 * Concurrency reserved for a worker; nothing where its event source mapping sets the limit. On-demand shards split and
 * merge, and the number of concurrent invocations follows them; Lambda retries what it throttles.
 */
export const reservedConcurrency = ({ bus, shards }: Stage, { maxConcurrency }: Worker) =>
  bus === 'kinesis' && shards === 'on-demand' ? { maxConcurrency } : {}
