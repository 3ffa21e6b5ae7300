import { type Cloud, type Declared, queueUrl } from '../template/cloud.ts'
import type { Sqs } from './sqs.ts'

export interface Queue {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

/** Bounds of the service: a scaled time may not fall below them. */
const least = { VisibilityTimeout: 1, MessageRetentionPeriod: 60 } as const

const plainAttributes = ['DelaySeconds', 'MaximumMessageSize', 'ReceiveMessageWaitTimeSeconds'] as const

const attributesOf = (queue: Declared, timeScale: number) => {
  const attributes: Record<string, string> = {}
  for (const [name, minimum] of Object.entries(least)) {
    const seconds = queue.get(name)
    if (seconds !== undefined) attributes[name] = String(Math.max(minimum, Math.ceil(Number(seconds) / timeScale)))
  }
  for (const name of plainAttributes) {
    const value = queue.get(name)
    if (value !== undefined) attributes[name] = String(value)
  }
  const redrive = queue.get('RedrivePolicy')
  // An empty policy removes the one that an earlier template left behind.
  attributes.RedrivePolicy = redrive ? JSON.stringify(redrive) : ''
  return attributes
}

/** The template's queues; visibility and retention divided by `timeScale`. */
export const declaredQueues = (cloud: Cloud, timeScale: number): Queue[] =>
  cloud.all('AWS::SQS::Queue').map((queue) => ({ name: queue.name, attributes: attributesOf(queue, timeScale) }))

/** Makes the queues that are missing and gives all of them the template's attributes; messages stay. */
export const makeQueues = async (sqs: Sqs, sqsUrl: string, queues: readonly Queue[]): Promise<void> => {
  for (const { name, attributes } of queues) {
    await sqs('CreateQueue', { QueueName: name })
    await sqs('SetQueueAttributes', { QueueUrl: queueUrl(sqsUrl, name), Attributes: attributes })
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
