import { setTimeout as sleep } from 'node:timers/promises'
import type { Invocation } from '../functions/function-process.ts'
import type { Invoke } from '../functions/index.ts'
import { mostProcesses } from '../process/overrides.ts'
import type { QueueMapping } from '../template/mappings.ts'
import { connectSqs, type Sqs } from './aws-client.ts'
import { failedMessages } from './batch-response.ts'
import { createPackAges, type PackAges } from './pack-ages.ts'
import { batchesFrom, type SqsRecord, sentMs } from './queue-batches.ts'
import { queueDepth } from './topics.ts'

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

/** Pause after a failed call to the queue server, which is probably being restarted. */
const outagePauseMs = 200

/**
 * Reads a queue and invokes the function with its batches, as Lambda's pollers do. Handled messages are deleted; the
 * others become visible again when their visibility timeout ends. `stop` waits for the running batches.
 */
export const readQueue = (
  mapping: QueueMapping,
  ports: { sqs: Sqs; invoke: (event: unknown) => Promise<Invocation> },
  pollers: number,
): { readonly stop: () => Promise<void>; readonly oldestMs: PackAges['oldestMs'] } => {
  const ages = createPackAges()
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

/** Reads the queue of each mapping. */
export const readQueues = (mappings: readonly QueueMapping[], busUrl: string, invoke: Invoke) => {
  const sqs = connectSqs(busUrl)
  const readers = mappings.map((mapping) => {
    const { functionArn, queueUrl, mostConcurrent } = mapping
    const ports = { sqs, invoke: (event: unknown) => invoke(functionArn, event) }
    const waiting = () => queueDepth(sqs, queueUrl)
    return { functionArn, waiting, ...readQueue(mapping, ports, mostProcesses('worker', mostConcurrent)) }
  })
  return {
    readers,
    stop: async () => void (await Promise.all(readers.map(({ stop }) => stop()))),
    stopWords: 'letting the workers finish',
    stopLimitMs: 10_000,
  }
}
