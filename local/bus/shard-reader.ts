import { setTimeout as sleep } from 'node:timers/promises'
import { region } from '../process/overrides.ts'
import type { StreamMapping } from '../template/mappings.ts'
import type { Stream } from '../template/topics.ts'
import type { Kinesis } from './aws-client.ts'
import type { Checkpoints } from './checkpoints.ts'
import { createPackAges, type PackAges } from './pack-ages.ts'
import { type Delivery, deliver, type StreamRecord } from './shard-delivery.ts'
import { makeStream } from './topics.ts'

interface Received {
  readonly SequenceNumber: string
  readonly PartitionKey: string
  readonly Data: string
  readonly ApproximateArrivalTimestamp: number
}

/** What a reader has in hand, and when it last found its shard empty. */
export interface ShardReader {
  /** Records that have been read but not handled. */
  readonly inHand: () => number
  readonly oldestMs: PackAges['oldestMs']
  /** When it last had something in hand. */
  readonly busyAtMs: () => number
  /** When the last read began that found nothing. */
  readonly emptyAtMs: () => number
  /** Settles after a stop, when the running invocations have ended. */
  readonly ended: Promise<void>
}

/**
 * AWS polls a shard about once a second; a person should not wait that long. But an empty read costs the emulator 5 ms of
 * CPU: at 50 ms for all shards, an idle system kept most of a core busy. So the pause doubles while a shard is empty.
 */
const pollMs = 50
const idlePollMs = 400
/** Pause after a failed call to the emulator, which is probably being restarted. */
const outagePauseMs = 200
/** The limit of GetRecords. */
const mostPerRead = 10_000

const toRecord = (record: Received, { arn }: Stream, shardId: string): StreamRecord => ({
  kinesis: {
    kinesisSchemaVersion: '1.0',
    partitionKey: record.PartitionKey,
    sequenceNumber: record.SequenceNumber,
    data: record.Data,
    approximateArrivalTimestamp: record.ApproximateArrivalTimestamp,
  },
  eventSource: 'aws:kinesis',
  eventVersion: '1.0',
  eventID: `${shardId}:${record.SequenceNumber}`,
  eventName: 'aws:kinesis:record',
  awsRegion: region,
  eventSourceARN: arn,
})

/** Opens a shard after its checkpoint, or at its first record. Makes the stream if the emulator has lost it. */
const openShard = async (kinesis: Kinesis, stream: Stream, shardId: string, checkpoints: Checkpoints) => {
  const madeAt = await makeStream(kinesis, stream)
  const checkpoint = checkpoints.read(`${stream.name}-${shardId}`)
  const from =
    checkpoint?.madeAt === madeAt
      ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: checkpoint.sequenceNumber }
      : { ShardIteratorType: 'TRIM_HORIZON' }
  const opened = await kinesis<{ ShardIterator: string }>('GetShardIterator', {
    StreamName: stream.name,
    ShardId: shardId,
    ...from,
  })
  let iterator = opened.ShardIterator
  const read = async (most: number): Promise<StreamRecord[]> => {
    const answer = await kinesis<{ NextShardIterator: string; Records: Received[] }>('GetRecords', {
      ShardIterator: iterator,
      Limit: Math.min(most, mostPerRead),
    })
    iterator = answer.NextShardIterator
    return answer.Records.map((record) => toRecord(record, stream, shardId))
  }
  const handled = ({ kinesis: { sequenceNumber } }: StreamRecord) =>
    checkpoints.write(`${stream.name}-${shardId}`, { madeAt, sequenceNumber })
  return { read, handled }
}

/**
 * Reads a shard and delivers its records, as Lambda's pollers do: enough for all parallel batches, gathered within the
 * window after the first record. The checkpoint moves past handled records only; the others are read again.
 */
export const readShard = (
  mapping: StreamMapping,
  shardId: string,
  kinesis: Kinesis,
  checkpoints: Checkpoints,
  delivery: Delivery,
): ShardReader => {
  const ages = createPackAges()
  const state = { inHand: 0, busyAtMs: 0, emptyAtMs: 0 }
  const most = mapping.batchSize * mapping.factor

  const gather = async (read: (most: number) => Promise<StreamRecord[]>) => {
    const startedAtMs = performance.now()
    const records = await read(most)
    if (records.length === 0) state.emptyAtMs = startedAtMs
    const deadline = Date.now() + mapping.windowSeconds * 1000
    while (records.length > 0 && records.length < most && Date.now() < deadline && !delivery.isStopping()) {
      state.inHand = records.length
      await sleep(Math.min(pollMs, Math.max(0, deadline - Date.now())))
      records.push(...(await read(most - records.length)))
    }
    return records
  }

  const deliverAll = async (records: readonly StreamRecord[]) => {
    const arrivedSeconds = records[0]?.kinesis.approximateArrivalTimestamp ?? Date.now() / 1_000
    const release = ages.hold(arrivedSeconds * 1_000)
    try {
      return await deliver(records, mapping, delivery)
    } finally {
      release()
    }
  }

  const run = async () => {
    let shard: Awaited<ReturnType<typeof openShard>> | null = null
    let pauseMs = pollMs
    while (!delivery.isStopping()) {
      try {
        shard ??= await openShard(kinesis, mapping.stream, shardId, checkpoints)
        const records = await gather(shard.read)
        state.inHand = records.length
        const last = records.at(-1)
        if (last && (await deliverAll(records))) shard.handled(last)
        if (last) state.busyAtMs = performance.now()
        else await sleep(pauseMs)
        pauseMs = last ? pollMs : Math.min(2 * pauseMs, idlePollMs)
        state.inHand = 0
      } catch {
        shard = null
        await sleep(outagePauseMs)
      }
    }
  }
  return {
    inHand: () => state.inHand,
    oldestMs: ages.oldestMs,
    busyAtMs: () => state.busyAtMs,
    emptyAtMs: () => state.emptyAtMs,
    ended: run(),
  }
}
