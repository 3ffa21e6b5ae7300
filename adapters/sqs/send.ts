import { setTimeout as wait } from 'node:timers/promises'
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { backoffMs } from '../backoff.ts'

/** Limits of one SendMessageBatch call (SQS developer guide, quotas). */
const mostEntries = 10
const mostBytes = 1_048_576

interface Entry {
  readonly body: string
  /** Why it is not in the queue; null once SQS has confirmed it. */
  failure: string | null
}

export interface SendOptions {
  /** Give up when this much time has passed: whoever waits must be told in time. */
  readonly deadlineMs: number
  readonly maxTries: number
}

/** Consecutive bodies in groups that one call takes. */
export const groupEntries = <T extends { readonly body: string }>(entries: readonly T[]): T[][] => {
  const groups: T[][] = []
  let bytes = 0
  for (const entry of entries) {
    const last = groups.at(-1)
    if (last && last.length < mostEntries && bytes + entry.body.length <= mostBytes) {
      last.push(entry)
      bytes += entry.body.length
    } else {
      groups.push([entry])
      bytes = entry.body.length
    }
  }
  return groups
}

/** One call. SQS answers 200 with failures inside: each entry is judged alone, and one it does not mention failed. */
const sendOnce = async (client: SQSClient, queueUrl: string, entries: readonly Entry[], signal: AbortSignal) => {
  const failAll = (reason: string) => {
    for (const entry of entries) entry.failure = reason
  }
  try {
    const Entries = entries.map(({ body }, i) => ({ Id: String(i), MessageBody: body }))
    const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }), {
      abortSignal: signal,
    })
    failAll('not mentioned in the answer of SQS')
    for (const sent of answer.Successful ?? []) {
      const entry = entries[Number(sent.Id)]
      if (entry) entry.failure = null
    }
    for (const failed of answer.Failed ?? []) {
      const entry = entries[Number(failed.Id)]
      if (entry) entry.failure = failed.Code ?? 'failed without a code'
    }
  } catch (error) {
    failAll(error instanceof Error ? error.name : 'unknown error')
  }
}

const sendGroup = async (client: SQSClient, queueUrl: string, group: readonly Entry[], options: SendOptions) => {
  const signal = AbortSignal.timeout(options.deadlineMs)
  let pending = group
  for (let attempt = 1; ; attempt++) {
    await sendOnce(client, queueUrl, pending, signal)
    pending = pending.filter(({ failure }) => failure !== null)
    if (pending.length === 0 || attempt >= options.maxTries || signal.aborted) return
    await wait(backoffMs(attempt), undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
  }
}

/**
 * Sends all bodies; what fails is sent again alone, with jitter, until the tries or the time are used up.
 * @returns per body, in order: null once SQS has confirmed it, else why it has not
 */
export const sendBodies = async (
  client: SQSClient,
  queueUrl: string,
  bodies: readonly string[],
  options: SendOptions,
): Promise<(string | null)[]> => {
  const entries: Entry[] = bodies.map((body) => ({ body, failure: 'not sent' }))
  await Promise.all(groupEntries(entries).map((group) => sendGroup(client, queueUrl, group, options)))
  return entries.map(({ failure }) => failure)
}
