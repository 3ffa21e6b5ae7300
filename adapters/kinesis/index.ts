import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import type { MessageId } from '../../core/message/identity.ts'
import type { Lane } from '../../core/message/lane.ts'
import type { RawItem } from '../../core/message/uplink.ts'
import {
  type Limits,
  type PackedStream,
  type Patience,
  packedStream,
  requestTimeouts,
  shortPatience,
} from '../bus/publish.ts'
import {
  type BusRecord,
  handleRecords,
  type Invocation,
  type InvocationContext,
  pulseTopic,
  rawTopic,
  type Topic,
  type UseCase,
} from '../bus/receive.ts'
import { messageIdCodec, rawItemCodec } from '../pack/items.ts'
import type { ItemCodec } from '../pack/pack.ts'
import { byDevice, byFirstId, type GroupedPack, type Partition, placeOf } from './partition.ts'

/* The bus on Kinesis, as the entry rooms see it where a stage has `kinesis`. A topic's address is its stream's name. */

/**
 * Limits of one PutRecords call. Its current page says 10 MiB a call, and up to 10 MiB a record where a stream allows it;
 * older ones say 5 MiB and 1 MiB. These hold for both.
 */
const limits: Limits = { records: 500, bytes: 5_000_000, recordBytes: 1_048_576 }

/** 25 KB are one billed unit, the partition key included. */
const packBytes = 24_000
const keyBytes = 64

type Options = Partial<Patience> & { readonly client?: KinesisClient }

/**
 * A connection pool for each topic. Without a handler of its own the client speaks HTTP/2, which emulators break off in
 * larger calls. Where it knows the account, by a stream's ARN or from its credentials, it goes to a host of that account;
 * only the region's host is certain to lead through the network's endpoint, so streams are called by name. Retries are
 * ours, because those of the SDK do not cover partial failures.
 */
const connect = () =>
  new KinesisClient({
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(requestTimeouts),
    accountIdEndpointMode: 'disabled',
  })

const openTopic = <T>(
  StreamName: string,
  codec: ItemCodec<T>,
  partition: Partition<T>,
  { client = connect(), ...patience }: Options = {},
): PackedStream<T> => {
  const put = async (packs: readonly GroupedPack[], abortSignal: AbortSignal) => {
    const Records = packs.map(({ bytes, group }) => ({ Data: bytes, ...placeOf(group) }))
    const answer = await client.send(new PutRecordsCommand({ StreamName, Records }), { abortSignal })
    return (answer.Records ?? []).map(({ SequenceNumber, ErrorCode }) =>
      SequenceNumber && !ErrorCode ? null : (ErrorCode ?? 'failed without a code'),
    )
  }
  const bytesOf = ({ bytes }: GroupedPack) => bytes.length + keyBytes
  const pack = (batch: readonly T[]) => partition(codec, batch, packBytes)
  return packedStream({ name: 'kinesis', limits, bytesOf, put }, pack, { ...shortPatience, ...patience })
}

export const openRawTopic = (streamName: string, options?: Options) =>
  openTopic(streamName, rawItemCodec, byDevice, options)

export const openPulseTopic = (streamName: string, options?: Options) =>
  openTopic(streamName, messageIdCodec, byFirstId, options)

const toRecord = ({ kinesis }: KinesisStreamRecord): BusRecord => ({
  id: kinesis.sequenceNumber,
  bytes: Buffer.from(kinesis.data, 'base64'),
  sentAtMs: Math.round(kinesis.approximateArrivalTimestamp * 1000),
})

/**
 * The answer that Lambda understands: the first of the records that must come again, in the order of the shard. Lambda goes
 * on there with all that follow; the ones that were handled are idempotent.
 */
export const partialResponse = ([first]: readonly string[]): KinesisStreamBatchResponse => ({
  batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first }],
})

/** A Lambda handler for a stream of packs. */
const packHandler =
  <T>(topic: Topic<T>, useCase: UseCase<NoInfer<T>>, metrics?: Invocation['metrics']) =>
  async (event: KinesisStreamEvent, context?: InvocationContext): Promise<KinesisStreamBatchResponse> =>
    partialResponse(await handleRecords(topic, event.Records.map(toRecord), useCase, { context, metrics }))

export const rawTopicHandler = (lane: Lane, useCase: UseCase<RawItem>, metrics?: Invocation['metrics']) =>
  packHandler(rawTopic(lane), useCase, metrics)

export const pulseTopicHandler = (lane: Lane, useCase: UseCase<MessageId>, metrics?: Invocation['metrics']) =>
  packHandler(pulseTopic(lane), useCase, metrics)
