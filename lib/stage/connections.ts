import type { Stage, Worker } from './stage.ts'

/** Commands that may run at once with `--stack`. */
export const operatorsAtOnce = 2

/** Connections that the functions of a stage may hold at once: one a process, two lanes, upkeep by day and deployment, and operators. */
export const connectionsNeeded = ({ raw, pulse, api }: Stage) =>
  2 * (raw.maxConcurrency + pulse.maxConcurrency) + api.maxConcurrency + 2 + operatorsAtOnce

/**
 * Concurrency that is reserved for a worker: none where its mapping bounds it. Shards on demand come and go, and with
 * them the number of invocations at once; what is throttled is tried again.
 */
export const reservedConcurrency = ({ bus, shards }: Stage, { maxConcurrency }: Worker) =>
  bus === 'kinesis' && shards === 'on-demand' ? { maxConcurrency } : {}
