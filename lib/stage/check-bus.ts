import { tries } from '../data/queue-topic.ts'
import { unless, within } from './check.ts'
import type { Stage, Worker } from './stage.ts'

/** Packs are put into so many groups, and a group has one reader: `partitionGroups` of the Kinesis adapter. */
const mostReaders = 16

const checkQueue = (name: string, worker: Worker) => [
  ...within(`${name}.maxConcurrency`, worker.maxConcurrency, 2, 1_000),
  // Documents say the same of Kinesis in places, whose own default is a batch of 100 and no window: not asked there.
  ...unless(
    worker.batchSize <= 10 || worker.windowSeconds >= 1,
    `${name}.batchSize is ${worker.batchSize} and ${name}.windowSeconds ${worker.windowSeconds}; above 10 records SQS needs a window of at least 1 s.`,
  ),
  ...unless(
    tries(worker) <= 1_000,
    `${name}.timeoutSeconds is ${worker.timeoutSeconds}: retrying for six hours would take ${tries(worker)} tries, and SQS counts to 1000; use 4 s or more.`,
  ),
]

const checkStream = (name: string, { maxConcurrency }: Worker, shards: Stage['shards']) => {
  if (shards === 'on-demand') return within(`${name}.maxConcurrency`, maxConcurrency, 1, mostReaders)
  const highest = Math.min(10 * shards, mostReaders - (mostReaders % shards))
  return unless(
    maxConcurrency >= shards && maxConcurrency <= highest && maxConcurrency % shards === 0,
    `${name}.maxConcurrency is ${maxConcurrency} with shards ${shards}; on Kinesis each shard has the same number of readers, 1 to 10, and all together at most ${mostReaders}: take a multiple of ${shards} from ${shards} to ${highest}.`,
  )
}

/** What only the bus of the stage asks of it. */
export const checkBus = ({ bus, shards, raw, pulse }: Stage): string[] => {
  if (bus === 'sqs') return [...checkQueue('raw', raw), ...checkQueue('pulse', pulse)]
  const faults = shards === 'on-demand' ? [] : within('shards', shards, 1, mostReaders, ', or on-demand')
  return faults.length > 0 ? faults : [...checkStream('raw', raw, shards), ...checkStream('pulse', pulse, shards)]
}
