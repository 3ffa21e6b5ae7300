import { streamArn } from './addresses.ts'
import type { Cloud, Declared } from './cloud.ts'

export interface Queue {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

/** Lowest values that SQS accepts, in seconds: a scaled time does not go below them. */
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
  // An empty policy removes that of an earlier template.
  attributes.RedrivePolicy = redrive ? JSON.stringify(redrive) : ''
  return attributes
}

/** The template's queues, with visibility timeout and retention divided by `timeScale`. */
export const declaredQueues = (cloud: Cloud, timeScale: number): Queue[] =>
  cloud.all('AWS::SQS::Queue').map((queue) => ({ name: queue.name, attributes: attributesOf(queue, timeScale) }))

export interface Stream {
  readonly name: string
  readonly arn: string
  readonly shards: number
}

/** AWS gives a new on-demand stream four. */
const shardsOnDemand = 4

const declaredStream = (stream: Declared): Stream => ({
  name: stream.name,
  arn: streamArn(stream.name),
  shards: Number(stream.get('ShardCount') ?? shardsOnDemand),
})

export const declaredStreams = (cloud: Cloud): Stream[] => cloud.all('AWS::Kinesis::Stream').map(declaredStream)
