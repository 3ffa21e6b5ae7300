import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { MessageId } from '../../core/message/identity.ts'
import type { Lane } from '../../core/message/lane.ts'
import type { RawItem } from '../../core/message/uplink.ts'
import { type Call, openCall } from '../aws/call.ts'
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
import { type ItemCodec, type Pack, packItems } from '../pack/pack.ts'

/*
 * The bus on SQS standard queues. The entry rooms import `#bus`, and the build decides which adapter that is, so that a
 * bundle holds the client of one bus only.
 */

/** Limits of one batch call (SQS developer guide, quotas). */
export const sqsLimits: Limits = { records: 10, bytes: 1_048_576, recordBytes: 1_048_576 }

/** 64 KB are one billed request. base64 makes 4 bytes of 3, and 60 KB leave room for SQS's own fields. */
const packBytes = 45_000

/** The answer to a batch call. */
interface BatchAnswer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined
  readonly Failed?: readonly { readonly Id?: string | undefined; readonly Code?: string | undefined }[] | undefined
}

/** Per entry, its place in the call being its id: null where SQS has confirmed it, else why not. */
export const failuresIn = ({ Successful = [], Failed = [] }: BatchAnswer): (string | null)[] => {
  const failures: (string | null)[] = []
  for (const { Id } of Successful) failures[Number(Id)] = null
  for (const { Id, Code = 'failed without a code' } of Failed) failures[Number(Id)] = Code
  return failures
}

type Options = Partial<Patience> & { readonly call?: Call }

const service = { name: 'sqs', target: 'AmazonSQS', jsonVersion: '1.0' } as const

/** A connection pool for each topic. A queue's URL says where its service is, on AWS as beside an emulator. */
const connect = (queueUrl: string) => openCall(service, queueUrl, requestTimeouts)

const openTopic = <T>(
  queueUrl: string,
  codec: ItemCodec<T>,
  { call = connect(queueUrl), ...patience }: Options = {},
): PackedStream<T> => {
  const put = async (packs: readonly Pack[], signal: AbortSignal) => {
    const Entries = packs.map(({ bytes }, i) => ({ Id: String(i), MessageBody: bytes.toString('base64') }))
    return failuresIn((await call('SendMessageBatch', { QueueUrl: queueUrl, Entries }, signal)) as BatchAnswer)
  }
  const bytesOf = ({ bytes }: Pack) => 4 * Math.ceil(bytes.length / 3)
  const pack = (batch: readonly T[]) => ({ packs: packItems(codec, batch, packBytes) })
  return packedStream({ name: 'sqs', limits: sqsLimits, bytesOf, put }, pack, { ...shortPatience, ...patience })
}

export const openRawTopic = (queueUrl: string, options?: Options) => openTopic(queueUrl, rawItemCodec, options)

export const openPulseTopic = (queueUrl: string, options?: Options) => openTopic(queueUrl, messageIdCodec, options)

const toRecord = ({ messageId, body, attributes }: SQSRecord): BusRecord => {
  const decoded = Buffer.from(body, 'base64')
  // decoding skips what is not base64: a body that its bytes do not give again was never a pack
  const isForeign = decoded.toString('base64') !== body
  const bytes = isForeign ? Buffer.from(body) : decoded
  return { id: messageId, bytes, sentAtMs: Number(attributes.SentTimestamp), isForeign }
}

/**
 * The answer that Lambda understands: the records that must come again, each named once, although a standard queue may
 * deliver a record twice in one batch.
 */
export const partialResponse = (ids: readonly string[]): SQSBatchResponse => ({
  batchItemFailures: [...new Set(ids)].map((itemIdentifier) => ({ itemIdentifier })),
})

/** A Lambda handler for a queue of packs. */
export const packHandler =
  <T>(topic: Topic<T>, useCase: UseCase<NoInfer<T>>, metrics?: Invocation['metrics']) =>
  async (event: SQSEvent, context?: InvocationContext): Promise<SQSBatchResponse> =>
    partialResponse(await handleRecords(topic, event.Records.map(toRecord), useCase, { context, metrics }))

export const rawTopicHandler = (lane: Lane, useCase: UseCase<RawItem>, metrics?: Invocation['metrics']) =>
  packHandler(rawTopic(lane), useCase, metrics)

export const pulseTopicHandler = (lane: Lane, useCase: UseCase<MessageId>, metrics?: Invocation['metrics']) =>
  packHandler(pulseTopic(lane), useCase, metrics)
