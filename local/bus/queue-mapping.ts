import { setTimeout as sleep } from 'node:timers/promises'
import type { Invocation } from '../functions/function-process.ts'
import { type Cloud, functionArn, queueArn, queueUrl } from '../template/cloud.ts'
import { type Ages, createAges } from './ages.ts'
import { failedMessages } from './batch-response.ts'
import { type Batching, batchesFrom, type SqsRecord, sentMs } from './queue-batch.ts'
import type { Sqs } from './sqs.ts'

export interface Mapping extends Batching {
  readonly functionArn: string
  readonly reportsFailures: boolean
  /** Most batches at once; null where the template sets no bound. */
  readonly mostConcurrent: number | null
}

interface ScalingConfig {
  readonly MaximumConcurrency?: number
}

/** The template's event-source mappings of queues; their windows divided by `timeScale`. */
export const declaredMappings = (cloud: Cloud, sqsUrl: string, timeScale: number): Mapping[] =>
  cloud.all('AWS::Lambda::EventSourceMapping').flatMap((mapping) => {
    const arn = String(mapping.get('EventSourceArn'))
    const queue = arn.split(':').at(-1) ?? ''
    if (arn.includes(':kinesis:')) return []
    if (arn !== queueArn(queue)) throw new Error(`${mapping.id} reads ${arn}: the local run knows queues and streams`)
    const target = String(mapping.get('FunctionName'))
    const responses = (mapping.get('FunctionResponseTypes') ?? []) as readonly string[]
    const scaling = (mapping.get('ScalingConfig') ?? {}) as ScalingConfig
    return {
      functionArn: target.startsWith('arn:') ? target : functionArn(target),
      queueArn: arn,
      queueUrl: queueUrl(sqsUrl, queue),
      batchSize: Number(mapping.get('BatchSize') ?? 10),
      windowSeconds: Number(mapping.get('MaximumBatchingWindowInSeconds') ?? 0) / timeScale,
      reportsFailures: responses.includes('ReportBatchItemFailures'),
      mostConcurrent: scaling.MaximumConcurrency ?? null,
    }
  })

const deletesPerCall = 10

const deleteMessages = async (sqs: Sqs, url: string, records: readonly SqsRecord[]) => {
  for (let start = 0; start < records.length; start += deletesPerCall) {
    const entries = records.slice(start, start + deletesPerCall).map(({ receiptHandle }, position) => ({
      Id: String(position),
      ReceiptHandle: receiptHandle,
    }))
    await sqs('DeleteMessageBatch', { QueueUrl: url, Entries: entries })
  }
}

/** Pause after the queue could not be reached: it is being restarted. */
const outagePauseMs = 200

/**
 * Reads a queue and invokes the function with its batches, as Lambda's pollers do: what succeeded is deleted, the rest
 * becomes visible again in its own time. `stop` lets running batches finish.
 */
export const startMapping = (
  mapping: Mapping,
  ports: { sqs: Sqs; invoke: (event: unknown) => Promise<Invocation> },
  pollers: number,
): { readonly stop: () => Promise<void>; readonly oldestMs: Ages['oldestMs'] } => {
  const ages = createAges()
  let stopping = false

  const deliver = async (records: readonly SqsRecord[]) => {
    const release = ages.hold(Math.min(...records.map(sentMs)))
    try {
      const invocation = await ports.invoke({ Records: records })
      const ids = records.map(({ messageId }) => messageId)
      const failed = failedMessages(invocation, ids, mapping.reportsFailures)
      const handled = records.filter(({ messageId }) => !failed.has(messageId))
      await deleteMessages(ports.sqs, mapping.queueUrl, handled)
    } finally {
      release()
    }
  }

  const poll = async () => {
    const nextBatch = batchesFrom(ports.sqs, mapping)
    for (let batch: SqsRecord[] = []; !stopping || batch.length > 0; ) {
      try {
        batch = await nextBatch(() => stopping)
        if (batch.length > 0) await deliver(batch)
      } catch {
        await sleep(outagePauseMs)
      }
    }
  }
  const polling = Array.from({ length: pollers }, poll)
  const stop = async () => {
    stopping = true
    await Promise.all(polling)
  }
  return { stop, oldestMs: ages.oldestMs }
}
