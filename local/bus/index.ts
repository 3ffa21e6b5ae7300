import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Invoke } from '../functions/index.ts'
import { region } from '../process/overrides.ts'
import type { Shutdown } from '../process/shutdown.ts'
import type { Plan } from '../template/plan.ts'
import { readQueues } from './queue-reader.ts'
import { readStreams } from './stream-reader.ts'

/** Reads one queue or one shard for a function. */
interface Reader {
  readonly functionArn: string
  readonly waiting: () => Promise<number>
  readonly oldestMs: () => number
}

interface Readers {
  readonly readers: readonly Reader[]
  readonly stop: () => Promise<void>
  /** How the stop is announced, and how long it may take. */
  readonly stopWords: string
  readonly stopLimitMs: number
}

/** The bus of a run: it carries packs to the functions. */
export interface LocalBus {
  /** Packs that wait for the function or are with it; on Kinesis only those that have been read. */
  readonly waiting: (functionArn: string) => Promise<number>
  /** The greatest age of a pack that was with the function in the last second, in milliseconds; 0 if there was none. */
  readonly oldestMs: (functionArn: string) => number
}

/** Writes where the bus is, for the commands that use this data folder (`npm run redrive`). */
export const tellBus = (dataDir: string, { bus }: Plan, url: string): void =>
  writeFileSync(join(dataDir, 'bus.json'), JSON.stringify({ bus, url, region }))

/** Reads the topics and invokes the functions, as Lambda's event-source mappings do. */
export const startBus = (plan: Plan, busUrl: string, dataDir: string, invoke: Invoke, shutdown: Shutdown): LocalBus => {
  const { readers, stop, stopWords, stopLimitMs }: Readers =
    plan.bus === 'kinesis'
      ? readStreams(plan.streamMappings, busUrl, dataDir, invoke)
      : readQueues(plan.queueMappings, busUrl, invoke)
  shutdown.add(stopWords, stopLimitMs, stop)
  const readersFor = (arn: string) => readers.filter(({ functionArn }) => functionArn === arn)
  return {
    waiting: async (functionArn) => {
      const packs = await Promise.all(readersFor(functionArn).map(({ waiting }) => waiting()))
      return packs.reduce((sum, count) => sum + count, 0)
    },
    oldestMs: (functionArn) => Math.max(0, ...readersFor(functionArn).map(({ oldestMs }) => oldestMs())),
  }
}
