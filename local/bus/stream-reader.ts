import { setTimeout as sleep } from 'node:timers/promises'
import type { Invoke } from '../functions/index.ts'
import type { StreamMapping } from '../template/mappings.ts'
import { connectKinesis } from './aws-client.ts'
import { openCheckpoints } from './checkpoints.ts'
import { readShard } from './shard-reader.ts'

/** How long a stop waits for the workers. */
const drainLimitMs = 60_000

/** Kinesis numbers the shards of a stream. */
const shardIds = (shards: number) => Array.from({ length: shards }, (_, n) => `shardId-${String(n).padStart(12, '0')}`)

/**
 * Reads every shard of the mapped streams. `stop` first handles all that waits, because nothing outlives the emulator.
 * @throws Error from `stop`, when records still waited after a minute
 */
export const readStreams = (mappings: readonly StreamMapping[], busUrl: string, dataDir: string, invoke: Invoke) => {
  const kinesis = connectKinesis(busUrl)
  const checkpoints = openCheckpoints(dataDir)
  let stopping = false
  const readers = mappings.flatMap((mapping) => {
    const { functionArn, stream } = mapping
    const delivery = { invoke: (event: unknown) => invoke(functionArn, event), isStopping: () => stopping }
    return shardIds(stream.shards).map((shardId) => {
      const reader = readShard(mapping, shardId, kinesis, checkpoints, delivery)
      return { ...reader, functionArn, waiting: async () => reader.inHand() }
    })
  })
  /** Every shard was found empty after the last record of any shard: a worker publishes before its invocation ends. */
  const isDrained = () => {
    const busyAtMs = Math.max(...readers.map((reader) => reader.busyAtMs()))
    return readers.every((reader) => reader.inHand() === 0 && reader.emptyAtMs() > busyAtMs)
  }
  const stop = async () => {
    const askedAtMs = performance.now()
    const isDone = () => isDrained() && readers.every((reader) => reader.emptyAtMs() > askedAtMs)
    while (!isDone() && performance.now() - askedAtMs < drainLimitMs) await sleep(20)
    const lost = !isDone()
    stopping = true
    await Promise.all(readers.map(({ ended }) => ended))
    if (lost) throw new Error(`not done after ${drainLimitMs / 1000} s; what still waits is lost with the emulator`)
  }
  return { readers, stop, stopWords: 'letting the workers read all that waits', stopLimitMs: drainLimitMs + 10_000 }
}
