import { queueUrl } from '../template/addresses.ts'
import type { Queue } from '../template/topics.ts'
import type { Sqs } from './sqs.ts'

/** Makes the queues that are missing and gives all of them the template's attributes; messages stay. */
export const makeQueues = async (sqs: Sqs, busUrl: string, queues: readonly Queue[]): Promise<void> => {
  for (const { name, attributes } of queues) {
    await sqs('CreateQueue', { QueueName: name })
    await sqs('SetQueueAttributes', { QueueUrl: queueUrl(busUrl, name), Attributes: attributes })
  }
}

/** Messages in a queue, also those that a worker holds just now. */
export const queueDepth = async (sqs: Sqs, url: string): Promise<number> => {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible']
  const { Attributes } = await sqs<{ Attributes: Record<string, string> }>('GetQueueAttributes', {
    QueueUrl: url,
    AttributeNames: names,
  })
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0)
}
