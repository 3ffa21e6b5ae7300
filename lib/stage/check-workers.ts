import { unless, within } from './check.ts'
import { connectionsNeeded } from './connections.ts'
import { tries } from './derived.ts'
import { maxConnections } from './sizes.ts'
import type { Stage, Worker } from './stage.ts'

export const checkFunction = (name: string, { memoryMiB, timeoutSeconds }: Stage['api'], longestSeconds: number) => [
  ...within(`${name}.memoryMiB`, memoryMiB, 128, 10_240, ' MiB'),
  ...within(`${name}.timeoutSeconds`, timeoutSeconds, 1, longestSeconds, ' s'),
]

/** Lambda allows 10,000 records in a batch and 6 MB in its event, where even an empty record takes nearly 1 KB. */
const mostRecords = 6_000
const whyMostRecords = 'more do not fit into the 6 MB of an invocation'

const checkWorker = (name: string, worker: Worker) => [
  ...checkFunction(name, worker, 900),
  ...within(`${name}.batchSize`, worker.batchSize, 1, mostRecords, ` bus records: ${whyMostRecords}`),
  ...within(`${name}.windowSeconds`, worker.windowSeconds, 0, 300, ' s'),
]

const checkQueue = (name: string, worker: Worker) => [
  ...within(`${name}.maxConcurrency`, worker.maxConcurrency, 2, 1_000),
  // Some AWS pages ask the same of Kinesis, but its own default is a batch of 100 without a window: not checked there.
  ...unless(
    worker.batchSize <= 10 || worker.windowSeconds >= 1,
    `${name}.batchSize is ${worker.batchSize} and ${name}.windowSeconds ${worker.windowSeconds}; above 10 records SQS needs a window of at least 1 s.`,
  ),
  ...unless(
    tries(worker) <= 1_000,
    `${name}.timeoutSeconds is ${worker.timeoutSeconds}: six hours of retries would be ${tries(worker)} tries, and SQS counts to 1000; use 4 s or more.`,
  ),
]

/** Packs fall into this many partition groups, and a group has one reader: `partitionGroups` of the Kinesis adapter. */
const mostReaders = 16

const checkStream = (name: string, { maxConcurrency }: Worker, shards: Stage['shards']) => {
  if (shards === 'on-demand') return within(`${name}.maxConcurrency`, maxConcurrency, 1, mostReaders)
  const highest = Math.min(10 * shards, mostReaders - (mostReaders % shards))
  return unless(
    maxConcurrency >= shards && maxConcurrency <= highest && maxConcurrency % shards === 0,
    `${name}.maxConcurrency is ${maxConcurrency} with shards ${shards}; on Kinesis every shard has the same number of readers, 1 to 10, and all shards together at most ${mostReaders}: use a multiple of ${shards} from ${shards} to ${highest}.`,
  )
}

const checkBus = ({ bus, shards, raw, pulse, reserveConcurrency }: Stage) => {
  if (bus === 'sqs') return [...checkQueue('raw', raw), ...checkQueue('pulse', pulse)]
  const faults =
    shards === 'on-demand'
      ? unless(
          reserveConcurrency,
          'reserveConcurrency is false and shards on-demand; nothing else bounds the workers then: use true, or a number of shards.',
        )
      : within('shards', shards, 1, mostReaders, ', or on-demand')
  return faults.length > 0 ? faults : [...checkStream('raw', raw, shards), ...checkStream('pulse', pulse, shards)]
}

/** The size of both workers, and how the bus of the stage feeds them. */
export const checkWorkers = (stage: Stage) => [
  ...checkWorker('raw', stage.raw),
  ...checkWorker('pulse', stage.pulse),
  ...checkBus(stage),
]

/** The functions may use 70 % of the connections that the database offers. */
export const checkConnections = (stage: Stage) => {
  const needed = connectionsNeeded(stage)
  const offered = maxConnections(stage.database.instanceClass)
  const allowed = Math.floor(offered * 0.7)
  return unless(
    needed <= allowed,
    `The functions may hold ${needed} database connections at once; ${stage.database.instanceClass} offers ${offered}, and 70 % of them (${allowed}) may be planned: lower maxConcurrency of raw, pulse or api, or use a larger database.instanceClass.`,
  )
}
