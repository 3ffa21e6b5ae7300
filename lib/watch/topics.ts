import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { QueueTopic } from '../data/queue-topic.ts'
import { StreamTopic } from '../data/stream-topic.ts'
import { type LaneName, lanes, type Topic } from '../data/topic.ts'
import type { Stage } from '../stage/stage.ts'
import { aws, minute, own } from './metric.ts'
import type { Symptom } from './symptom.ts'

/** Age of the oldest waiting record: seconds on SQS, milliseconds on Kinesis. Never the mean, which hides the oldest. */
export const lagOf = (topic: Topic): IMetric[] => {
  if (topic instanceof QueueTopic)
    return [
      aws('SQS', 'ApproximateAgeOfOldestMessage', { QueueName: topic.queue.queueName }, 'Maximum', {
        label: topic.name,
      }),
    ]
  if (topic instanceof StreamTopic)
    return [
      aws('Kinesis', 'GetRecords.IteratorAgeMilliseconds', { StreamName: topic.stream.streamName }, 'Maximum', {
        label: topic.name,
      }),
    ]
  return []
}

/** Dead letters on SQS; writes that a full shard refused on Kinesis. */
export const troubleOf = (topic: Topic): IMetric[] => {
  if (topic instanceof QueueTopic)
    return [
      aws('SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: topic.deadLetters.queueName }, 'Maximum', {
        label: topic.name,
      }),
    ]
  if (topic instanceof StreamTopic)
    return [
      aws('Kinesis', 'WriteProvisionedThroughputExceeded', { StreamName: topic.stream.streamName }, 'Sum', {
        label: topic.name,
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

/** A quarter of the seven days of retention. */
const criticalMilliseconds = 0.25 * 7 * 86_400_000

/** What can be wrong with a topic. */
export const topicSymptoms = (topic: Topic): Symptom[] => {
  const { name } = topic
  const isQueue = topic instanceof QueueTopic
  const lags = lagOf(topic).flatMap((metric) =>
    isQueue
      ? [behind(name, metric, 'warn', 300, '5 min'), behind(name, metric, 'page', 1_800, '30 min')]
      : [
          behind(name, metric, 'warn', 60_000, '1 min'),
          behind(name, metric, 'page', 900_000, '15 min'),
          behind(name, metric, 'page', criticalMilliseconds, 'a quarter of its retention'),
        ],
  )
  const troubles = troubleOf(topic).map((metric): Symptom => {
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

/** What a worker writes once a batch is committed. */
const progress = { raw: ['received'], pulse: ['decoded', 'rejected'] } as const

/** Age of the oldest record in hand while nothing is committed, in seconds; 0 while something is. */
const stuckSeconds = (stage: Stage, lane: LaneName, step: 'raw' | 'pulse'): IMetric => {
  const done = progress[step]
  return new MathExpression({
    expression: `IF(${done.map((name) => `FILL(${name}, 0)`).join(' + ')} == 0, oldest, 0)`,
    usingMetrics: {
      oldest: own(stage, [lane, step], 'oldestSeconds', { statistic: 'Maximum' }),
      ...Object.fromEntries(done.map((name) => [name, own(stage, [lane, step], name)])),
    },
    period: minute,
    label: 'oldest in hand while nothing is stored, s',
  })
}

/**
 * Records come and nothing of them is stored: the database is away. SQS's own age cannot say so, because it leaves out what
 * was received three times. A small fleet's records come again every six minutes, hence the long look back.
 */
export const stuckSymptoms = (stage: Stage): Symptom[] =>
  lanes.flatMap((lane) =>
    (['raw', 'pulse'] as const).map((step) => ({
      name: `Nothing of ${lane} gets through, ${step}`,
      severity: 'page' as const,
      runbook: 'stuck' as const,
      sentence: `The ${step} worker of ${lane} is handed records older than 5 min and stores none: usually the database is away.`,
      metric: stuckSeconds(stage, lane, step),
      above: 300,
      periods: [2, 15] as const,
      noData: 'fine' as const,
    })),
  )
