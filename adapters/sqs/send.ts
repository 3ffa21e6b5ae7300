import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { type Limits, type SendOptions, sendRecords } from '../bus/send.ts'

/** Limits of one SendMessageBatch call (SQS developer guide, quotas). */
const limits: Limits = { records: 10, bytes: 1_048_576, recordBytes: 1_048_576 }

const sendOnce = async (client: SQSClient, queueUrl: string, bodies: readonly string[], signal: AbortSignal) => {
  const Entries = bodies.map((body, i) => ({ Id: String(i), MessageBody: body }))
  const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries })
  const answer = await client.send(command, { abortSignal: signal })
  const failures: (string | null)[] = []
  for (const { Id } of answer.Successful ?? []) failures[Number(Id)] = null
  for (const { Id, Code = 'failed without a code' } of answer.Failed ?? []) failures[Number(Id)] = Code
  return failures
}

/**
 * Sends all bodies; what fails is sent again alone.
 * @returns per body, in order: null once SQS has confirmed it, else why it has not
 */
export const sendBodies = (client: SQSClient, queueUrl: string, bodies: readonly string[], options: SendOptions) =>
  sendRecords(
    bodies,
    ({ length }) => length,
    limits,
    (some, signal) => sendOnce(client, queueUrl, some, signal),
    options,
  )
