import { queueUrl } from '../template/addresses.ts'
import type { Plan } from '../template/plan.ts'
import type { Queue, Stream } from '../template/topics.ts'
import { connectKinesis, connectSqs, type Kinesis, type Sqs } from './aws-client.ts'

/** Makes the queues that are missing and gives all of them the template's attributes. Messages stay. */
export const makeQueues = async (sqs: Sqs, busUrl: string, queues: readonly Queue[]): Promise<void> => {
  for (const { name, attributes } of queues) {
    await sqs('CreateQueue', { QueueName: name })
    await sqs('SetQueueAttributes', { QueueUrl: queueUrl(busUrl, name), Attributes: attributes })
  }
}

interface Summary {
  readonly StreamDescriptionSummary: { readonly StreamCreationTimestamp: number }
}

/**
 * Makes the stream if it is missing.
 * @returns when it was made, in seconds since 1970: a later stream of the same name has another time
 */
export const makeStream = async (kinesis: Kinesis, { name, shards }: Stream): Promise<number> => {
  const describe = async () => {
    const { StreamDescriptionSummary } = await kinesis<Summary>('DescribeStreamSummary', { StreamName: name })
    return StreamDescriptionSummary.StreamCreationTimestamp
  }
  try {
    return await describe()
  } catch {
    await kinesis('CreateStream', { StreamName: name, ShardCount: shards })
    return describe()
  }
}

/**
 * Makes the template's topics. Existing ones keep their messages.
 * @returns what was made, for the report of the start
 */
export const makeTopics = async ({ bus, queues, streams }: Plan, busUrl: string): Promise<string> => {
  const kinesis = connectKinesis(busUrl)
  for (const stream of streams) await makeStream(kinesis, stream)
  await makeQueues(connectSqs(busUrl), busUrl, queues)
  return bus === 'kinesis' ? `${streams.length} streams made` : `${queues.length} queues made`
}

/** Messages in a queue, including those that a worker holds. */
export const queueDepth = async (sqs: Sqs, url: string): Promise<number> => {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible']
  const { Attributes } = await sqs<{ Attributes: Record<string, string> }>('GetQueueAttributes', {
    QueueUrl: url,
    AttributeNames: names,
  })
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0)
}
