import { connectKinesis } from '../../../local/bus/aws-client.ts'
import { queueDepth } from '../../../local/bus/topics.ts'
import type { Local } from '../../../local/start.ts'
import { queueUrl } from '../../../local/template/addresses.ts'

/** What the proofs do with the topics of a run, on either bus. */
interface Topics {
  readonly topics: readonly string[]
  readonly waiting: () => Promise<number>
  readonly deadLetters: () => Promise<number>
  /** Puts records (base64) on a topic. */
  readonly publish: (topic: string, records: readonly string[]) => Promise<void>
  /** Deletes what has not been handled. */
  readonly purge: () => Promise<void>
}

const inGroups = <T>(items: readonly T[], most: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / most) }, (_, i) => items.slice(i * most, (i + 1) * most))

const recordsPerCall = 10

export const queuesOf = ({ sqs, busUrl, plan }: Local): Topics => {
  const names = plan.queues.map(({ name }) => name)
  const isDead = (name: string) => name.includes('DeadLetters')
  const topics = names.filter((name) => !isDead(name))
  const depthOf = async (some: readonly string[]) => {
    const depths = await Promise.all(some.map((name) => queueDepth(sqs, queueUrl(busUrl, name))))
    return depths.reduce((sum, depth) => sum + depth, 0)
  }
  return {
    topics,
    waiting: () => depthOf(topics),
    deadLetters: () => depthOf(names.filter(isDead)),
    publish: async (topic, records) => {
      for (const group of inGroups(records, recordsPerCall)) {
        const Entries = group.map((MessageBody, i) => ({ Id: String(i), MessageBody }))
        await sqs('SendMessageBatch', { QueueUrl: queueUrl(busUrl, topic), Entries })
      }
    },
    purge: async () => {
      for (const name of names) await sqs('PurgeQueue', { QueueUrl: queueUrl(busUrl, name) })
    },
  }
}

/** Streams have no dead letters and cannot be purged. Records are read, or stay. */
export const streamsOf = ({ busUrl, plan, waiting }: Local): Topics => {
  const kinesis = connectKinesis(busUrl)
  const functions = [...new Set(plan.streamMappings.map(({ functionArn }) => functionArn))]
  return {
    topics: plan.streams.map(({ name }) => name),
    waiting: async () => (await Promise.all(functions.map(waiting))).reduce((sum, packs) => sum + packs, 0),
    deadLetters: async () => 0,
    publish: async (topic, records) => {
      for (const group of inGroups(records, recordsPerCall)) {
        const Records = group.map((Data, i) => ({ Data, PartitionKey: String(i) }))
        await kinesis('PutRecords', { StreamName: topic, Records })
      }
    },
    purge: async () => undefined,
  }
}
