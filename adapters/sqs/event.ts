import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { type BusRecord, handleRecords, type InvocationContext, type Topic, type UseCase } from '../bus/batch.ts'

const toRecord = ({ messageId, body, attributes }: SQSRecord): BusRecord => {
  const decoded = Buffer.from(body, 'base64')
  // decoding passes over what is no base64: bytes that do not give the body again were never a pack
  const isForeign = decoded.toString('base64') !== body
  const bytes = isForeign ? Buffer.from(body) : decoded
  return { id: messageId, bytes, sentAtMs: Number(attributes.SentTimestamp), isForeign }
}

/**
 * The answer that Lambda understands: the records that must come again, only ids of the batch, each once, also where a
 * standard queue delivers a record twice in one batch.
 */
export const partialResponse = (ids: readonly string[]): SQSBatchResponse => ({
  batchItemFailures: [...new Set(ids)].map((itemIdentifier) => ({ itemIdentifier })),
})

/** A Lambda handler for a queue of packs: answers which records must come again. */
export const packHandler =
  <T>(topic: Topic<T>, useCase: UseCase<NoInfer<T>>) =>
  async (event: SQSEvent, context?: InvocationContext): Promise<SQSBatchResponse> =>
    partialResponse(await handleRecords(topic, event.Records.map(toRecord), useCase, context))
