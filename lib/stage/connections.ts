import type { Stage, Worker } from './stage.ts'

/** Commands that may run at once with `--stack`. */
export const operatorsAtOnce = 2

/** Memory of the instance classes that a stage may choose, without the prefix `db.`. */
const memoryGiB = {
  't4g.micro': 1,
  't4g.small': 2,
  't4g.medium': 4,
  't4g.large': 8,
  'm7g.large': 8,
  'm7g.xlarge': 16,
  'm7g.2xlarge': 32,
  'r7g.large': 16,
  'r7g.xlarge': 32,
  'r7g.2xlarge': 64,
} as const

export type InstanceClass = keyof typeof memoryGiB

/** Connections that the class offers by default: LEAST(DBInstanceClassMemory / 9531392, 5000). */
export const maxConnections = (instanceClass: InstanceClass) =>
  Math.min(Math.floor((memoryGiB[instanceClass] * 2 ** 30) / 9_531_392), 5_000)

/** Connections that the functions of a stage may hold at once: one a process, two lanes, upkeep by day and deployment, and operators. */
export const connectionsNeeded = ({ raw, pulse, api }: Stage) =>
  2 * (raw.maxConcurrency + pulse.maxConcurrency) + api.maxConcurrency + 2 + operatorsAtOnce

/**
 * Concurrency that is reserved for a worker: none where its mapping bounds it. Shards on demand come and go, and with
 * them the number of invocations at once; what is throttled is tried again.
 */
export const reservedConcurrency = ({ bus, shards }: Stage, { maxConcurrency }: Worker) =>
  bus === 'kinesis' && shards === 'on-demand' ? { maxConcurrency } : {}
