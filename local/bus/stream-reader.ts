import { setTimeout as sleep } from 'node:timers/promises'
import type { Invoke } from '../functions/index.ts'
import type { StreamMapping } from '../template/mappings.ts'
import { openCheckpoints } from './checkpoints.ts'
import type { LocalBus } from './local-bus.ts'
import { readShard } from './shard-reader.ts'
import { connectKinesis } from './streams.ts'

/** How long a stop waits for the workers. */
const drainLimitMs = 60_000

/** A shard's name, as Kinesis numbers them. */
const shardIds = (shards: number) => Array.from({ length: shards }, (_, n) => `shardId-${String(n).padStart(12, '0')}`)

/** Reads every shard of the streams that are mapped. */
export const startStreams = (
  mappings: readonly StreamMapping[],
  busUrl: string,
  dataDir: string,
  invoke: Invoke,
): LocalBus => {
  const kinesis = connectKinesis(busUrl)
  const checkpoints = openCheckpoints(dataDir)
  let stopping = false
  const readers = mappings.flatMap((mapping) => {
    const delivery = {
      invoke: (event: unknown) => invoke(mapping.functionArn, event),
      isStopping: () => stopping,
    }
    return shardIds(mapping.stream.shards).map((shardId) => ({
      functionArn: mapping.functionArn,
      reader: readShard(mapping, shardId, kinesis, checkpoints, delivery),
    }))
  })
  /** Every shard was found empty after the last record of any: what a worker publishes, it does before its end. */
  const isDrained = () => {
    const busyAtMs = Math.max(...readers.map(({ reader }) => reader.busyAtMs()))
    return readers.every(({ reader }) => reader.inHand() === 0 && reader.emptyAtMs() > busyAtMs)
  }
  return {
    waiting: async (functionArn) =>
      readers.reduce((sum, { functionArn: own, reader }) => sum + (own === functionArn ? reader.inHand() : 0), 0),
    oldestMs: (functionArn) =>
      Math.max(0, ...readers.filter((one) => one.functionArn === functionArn).map(({ reader }) => reader.oldestMs())),
    stop: async () => {
      const askedAtMs = performance.now()
      const isDone = () => isDrained() && readers.every(({ reader }) => reader.emptyAtMs() > askedAtMs)
      while (!isDone() && performance.now() - askedAtMs < drainLimitMs) await sleep(20)
      const lost = !isDone()
      stopping = true
      await Promise.all(readers.map(({ reader }) => reader.ended))
      if (lost) throw new Error(`not done after ${drainLimitMs / 1000} s; what still waits is lost with the emulator`)
    },
    stopWords: 'letting the workers read all that waits',
    stopLimitMs: drainLimitMs + 10_000,
  }
}
