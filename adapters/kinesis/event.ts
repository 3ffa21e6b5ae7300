import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import { type BusRecord, handleRecords, type InvocationContext, type Topic, type UseCase } from '../bus/batch.ts'

const toRecord = ({ kinesis }: KinesisStreamRecord): BusRecord => ({
  id: kinesis.sequenceNumber,
  bytes: Buffer.from(kinesis.data, 'base64'),
  sentAtMs: Math.round(kinesis.approximateArrivalTimestamp * 1000),
})

/**
 * The answer that Lambda understands: of the records that must come again, in the order of the shard, only the first.
 * That is where Lambda goes on, with all that follows: those that were handled are idempotent.
 */
export const partialResponse = ([first]: readonly string[]): KinesisStreamBatchResponse => ({
  batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first }],
})

/** A Lambda handler for a stream of packs: answers from which record on they must come again. */
export const packHandler =
  <T>(topic: Topic<T>, useCase: UseCase<NoInfer<T>>) =>
  async (event: KinesisStreamEvent, context?: InvocationContext): Promise<KinesisStreamBatchResponse> =>
    partialResponse(await handleRecords(topic, event.Records.map(toRecord), useCase, context))
