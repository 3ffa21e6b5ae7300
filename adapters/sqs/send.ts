import type { Call } from '../aws/call.ts'
import { type Limits, type SendOptions, sendRecords } from '../bus/send.ts'

/** Limits of one SendMessageBatch call (SQS developer guide, quotas). */
const limits: Limits = { records: 10, bytes: 1_048_576, recordBytes: 1_048_576 }

interface Answer {
  readonly Successful?: readonly { readonly Id: string }[]
  readonly Failed?: readonly { readonly Id: string; readonly Code?: string }[]
}

const sendOnce = async (call: Call, queueUrl: string, bodies: readonly string[], signal: AbortSignal) => {
  const Entries = bodies.map((body, i) => ({ Id: String(i), MessageBody: body }))
  const answer = (await call('SendMessageBatch', { QueueUrl: queueUrl, Entries }, signal)) as Answer
  const failures: (string | null)[] = []
  for (const { Id } of answer.Successful ?? []) failures[Number(Id)] = null
  for (const { Id, Code = 'failed without a code' } of answer.Failed ?? []) failures[Number(Id)] = Code
  return failures
}

/**
 * Sends all bodies; what fails is sent again alone.
 * @returns per body, in order: null once SQS has confirmed it, else why it has not
 */
export const sendBodies = (call: Call, queueUrl: string, bodies: readonly string[], options: SendOptions) =>
  sendRecords(
    bodies,
    ({ length }) => length,
    limits,
    (some, signal) => sendOnce(call, queueUrl, some, signal),
    options,
  )
