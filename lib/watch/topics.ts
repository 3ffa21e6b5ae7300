import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { QueueTopic } from '../data/queue-topic.ts'
import { StreamTopic } from '../data/stream-topic.ts'
import type { Topic } from '../data/topic.ts'
import type { LaneTopics } from '../data-stack.ts'
import { aws, type LaneName } from './metric.ts'
import type { Symptom } from './symptom.ts'

/** A topic and what people call it. */
export interface NamedTopic {
  readonly name: string
  readonly topic: Topic
}

export const namedTopics = (all: Record<LaneName, LaneTopics>): NamedTopic[] => [
  { name: 'ProcessRawDataSigfox', topic: all.sigfox.raw },
  { name: 'ProcessPulseDataSigfox', topic: all.sigfox.pulse },
  { name: 'ProcessRawDataNBIoT', topic: all.nbiot.raw },
  { name: 'ProcessPulseDataNBIoT', topic: all.nbiot.pulse },
]

/** How long the oldest that waits has waited: seconds on SQS, milliseconds on Kinesis. Never the mean: it hides the oldest. */
export const lagOf = ({ name, topic }: NamedTopic): IMetric[] => {
  if (topic instanceof QueueTopic)
    return [
      aws('SQS', 'ApproximateAgeOfOldestMessage', { QueueName: topic.queue.queueName }, 'Maximum', { label: name }),
    ]
  if (topic instanceof StreamTopic)
    return [
      aws('Kinesis', 'GetRecords.IteratorAgeMilliseconds', { StreamName: topic.stream.streamName }, 'Maximum', {
        label: name,
      }),
    ]
  return []
}

/** What was given up on SQS; what a full shard refused on Kinesis. */
export const troubleOf = ({ name, topic }: NamedTopic): IMetric[] => {
  if (topic instanceof QueueTopic)
    return [
      aws('SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: topic.deadLetters.queueName }, 'Maximum', {
        label: name,
      }),
    ]
  if (topic instanceof StreamTopic)
    return [
      aws('Kinesis', 'WriteProvisionedThroughputExceeded', { StreamName: topic.stream.streamName }, 'Sum', {
        label: name,
      }),
    ]
  return []
}

const behind = (
  name: string,
  metric: IMetric,
  severity: Symptom['severity'],
  above: number,
  long: string,
): Symptom => ({
  name: `${name} is ${long} behind`,
  severity,
  runbook: 'backlog',
  sentence: `The oldest record in ${name} has waited for more than ${long}; nothing is lost, it is late.`,
  metric,
  above,
  periods: [2, 3],
  noData: 'fine',
})

/** Seven days of retention, a quarter of it used up. */
const criticalMilliseconds = 0.25 * 7 * 86_400_000

/** What can be wrong with a topic. */
export const topicSymptoms = (named: NamedTopic): Symptom[] => {
  const { name, topic } = named
  const isQueue = topic instanceof QueueTopic
  const lags = lagOf(named).flatMap((metric) =>
    isQueue
      ? [behind(name, metric, 'warn', 300, '5 min'), behind(name, metric, 'page', 1_800, '30 min')]
      : [
          behind(name, metric, 'warn', 60_000, '1 min'),
          behind(name, metric, 'page', 900_000, '15 min'),
          behind(name, metric, 'page', criticalMilliseconds, 'a quarter of its retention'),
        ],
  )
  const troubles = troubleOf(named).map((metric): Symptom => {
    const shared = { metric, above: 0, periods: [2, 3], noData: 'fine' } as const
    return isQueue
      ? {
          ...shared,
          name: `${name} dead letters`,
          severity: 'page',
          runbook: 'deadLetters',
          sentence: `${name} gave up a pack after six hours of tries; it is kept, and its 14 days run from when it first came.`,
        }
      : {
          ...shared,
          name: `${name} full shard`,
          severity: 'warn',
          runbook: 'hotShard',
          sentence: `A shard of ${name} takes no more; the doors try again for 5 s and then refuse.`,
        }
  })
  return [...lags, ...troubles]
}
