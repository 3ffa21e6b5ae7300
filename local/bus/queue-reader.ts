import { setTimeout as sleep } from 'node:timers/promises'
import type { Invocation } from '../functions/function-process.ts'
import type { QueueMapping } from '../template/mappings.ts'
import { failedMessages } from './batch-response.ts'
import { type Ages, createAges } from './pack-ages.ts'
import { batchesFrom, type SqsRecord, sentMs } from './queue-batches.ts'
import type { Sqs } from './sqs.ts'

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
  mapping: QueueMapping,
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
