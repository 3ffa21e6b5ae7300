import { setTimeout as sleep } from 'node:timers/promises'
import { region } from '../process/overrides.ts'
import type { QueueMapping } from '../template/mappings.ts'
import type { Sqs } from './aws-client.ts'

interface Received {
  readonly MessageId: string
  readonly ReceiptHandle: string
  readonly Body: string
  readonly MD5OfBody: string
  readonly Attributes?: Readonly<Record<string, string>>
}

/** A message in the event of a function. */
export interface SqsRecord {
  readonly messageId: string
  readonly receiptHandle: string
  readonly body: string
  readonly attributes: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

/** Lambda's limit for an invocation: a batch ends before the message that would exceed it. */
const payloadLimitBytes = 6 * 1024 * 1024
const mostPerReceive = 10
/** A stop waits as long for an idle mapping: a long poll that is cut short would take messages with it. */
const longPollSeconds = 1
/** Between two calls within a window: without it, calls kept the queue server busy at 10,000 messages a second. */
const gatherMs = 100

const toRecord = (message: Received, queueArn: string): SqsRecord => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes ?? {},
  messageAttributes: {},
  md5OfBody: message.MD5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: region,
})

/** When the queue took the message, in milliseconds since 1970. */
export const sentMs = ({ attributes }: SqsRecord): number => Number(attributes.SentTimestamp ?? Date.now())

const recordBytes = (record: SqsRecord) => Buffer.byteLength(JSON.stringify(record)) + 1

/**
 * Makes a function that waits for the next batch: at most `batchSize` messages and 6 MB, gathered within the window
 * after the first message. The batch is empty when a long poll found nothing. Once `isStopping`, the function only
 * returns messages that it has already received.
 */
export const batchesFrom = (sqs: Sqs, source: QueueMapping) => {
  /** Received, but too much for the last batch. */
  let carried: SqsRecord[] = []

  const receive = async (most: number, waitSeconds: number) => {
    const { Messages = [] } = await sqs<{ Messages?: Received[] }>('ReceiveMessage', {
      QueueUrl: source.queueUrl,
      MaxNumberOfMessages: Math.min(mostPerReceive, most),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
    })
    return Messages.map((message) => toRecord(message, source.queueArn))
  }

  const nextBatch = async (isStopping: () => boolean): Promise<SqsRecord[]> => {
    const batch: SqsRecord[] = []
    let bytes = 0
    /** False when the batch is full. */
    const add = (records: readonly SqsRecord[]) => {
      for (const [position, record] of records.entries()) {
        bytes += recordBytes(record)
        if (batch.length > 0 && bytes > payloadLimitBytes) {
          carried = records.slice(position)
          return false
        }
        batch.push(record)
      }
      return batch.length < source.batchSize
    }
    const fresh = carried.length === 0 && !isStopping()
    const first = fresh ? await receive(source.batchSize, longPollSeconds) : carried
    carried = []
    let open = add(first)
    const deadline = Date.now() + source.windowSeconds * 1000
    while (open && batch.length > 0 && Date.now() < deadline && !isStopping()) {
      const more = await receive(source.batchSize - batch.length, 0)
      open = add(more)
      if (open && more.length < mostPerReceive) await sleep(Math.max(0, Math.min(gatherMs, deadline - Date.now())))
    }
    return batch
  }
  return nextBatch
}
