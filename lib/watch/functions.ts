import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import type { Handler } from '../ingest/handler.ts'
import type { Stage } from '../stage/stage.ts'
import { aws, minute } from './metric.ts'
import type { Symptom } from './symptom.ts'

/** A function, what people call it, and what it was given. */
export interface NamedFunction {
  readonly name: string
  readonly handler: Handler
  readonly memoryMiB: number
  readonly timeoutSeconds: number
  /** The event source mapping through which it reads a topic. */
  readonly mappingId?: string
  /** True where it publishes to a topic as well as reading one. */
  readonly passesOn?: true
}

export const ofFunction = ({ name, handler }: NamedFunction, metric: string, statistic: string, period = minute) =>
  aws('Lambda', metric, { FunctionName: handler.functionName }, statistic, { label: name, period })

/** Counts of a mapping; Lambda writes them because `metricsConfig` asks for them. */
export const ofMapping = ({ name, mappingId }: NamedFunction, metric: string): IMetric[] =>
  mappingId === undefined ? [] : [aws('Lambda', metric, { EventSourceMappingUUID: mappingId }, 'Sum', { label: name })]

const limits = (one: NamedFunction): Symptom[] => {
  const { name, timeoutSeconds, mappingId, passesOn } = one
  const shared = { runbook: 'functions', noData: 'fine' } as const
  const errors: Symptom = {
    ...shared,
    name: `${name} errors`,
    severity: 'warn',
    sentence: `${name} failed as a whole; what it was working on comes again.`,
    metric: ofFunction(one, 'Errors', 'Sum'),
    above: 0,
    periods: [2, 3],
  }
  // Of the others somebody waits for the answer: the door says how long (R8).
  const slow: Symptom = {
    ...shared,
    name: `${name} slow`,
    severity: 'warn',
    sentence: `${name} takes more than 70 % of the ${timeoutSeconds} s it has; beyond, its work starts again.`,
    metric: ofFunction(one, 'Duration', 'p99'),
    above: 700 * timeoutSeconds,
    periods: [3, 5],
  }
  const loop: Symptom = {
    ...shared,
    name: `${name} taken for a loop`,
    severity: 'page',
    sentence: `Lambda took ${name} for a loop of functions and dropped what it was invoked with.`,
    metric: ofFunction(one, 'RecursiveInvocationsDropped', 'Sum'),
    above: 0,
    periods: [1, 3],
  }
  return [errors, ...(mappingId === undefined ? [] : [slow]), ...(passesOn ? [loop] : [])]
}

/** Of the account: its concurrency is what all functions share, so whoever is throttled, ours are next. */
export const throttleSymptom = (): Symptom => ({
  name: 'Functions throttled',
  severity: 'warn',
  runbook: 'functions',
  sentence: 'Lambda refuses to run functions of this account as often as it is asked to: its concurrency is used up.',
  metric: aws('Lambda', 'Throttles', {}, 'Sum'),
  above: 0,
  periods: [3, 5],
  noData: 'fine',
})

/** Records that failed; on Kinesis also those that were given up or put aside in the bucket. */
const mapping = (bus: Stage['bus'], one: NamedFunction): Symptom[] => {
  const { name } = one
  const shared = { runbook: 'mappings', above: 0, noData: 'fine' } as const
  const failing = ofMapping(one, 'FailedInvokeEventCount').map(
    (metric): Symptom => ({
      ...shared,
      name: `${name} fails again and again`,
      severity: 'warn',
      sentence: `Records of ${name} have failed for ten minutes; they come again until it succeeds.`,
      metric,
      periods: [10, 15],
    }),
  )
  if (bus === 'sqs') return failing
  const gone = ['DroppedEventCount', 'OnFailureDestinationDeliveredEventCount'].flatMap((metricName) =>
    ofMapping(one, metricName).map(
      (metric): Symptom => ({
        ...shared,
        name: `${name} ${metricName}`,
        severity: 'page',
        sentence: `The mapping of ${name} let go of records, which it is told never to do; look into the bucket of the undelivered.`,
        metric,
        periods: [1, 3],
      }),
    ),
  )
  return [...failing, ...gone]
}

/** What can be wrong with a function. */
export const functionSymptoms = (bus: Stage['bus'], one: NamedFunction): Symptom[] => [
  ...limits(one),
  ...mapping(bus, one),
]

/** Upkeep runs once a day, so its errors are rare events and its absence is one too. */
export const upkeepSymptoms = (upkeep: NamedFunction): Symptom[] => {
  const shared = { severity: 'page', runbook: 'upkeep' } as const
  return [
    {
      ...shared,
      name: 'Upkeep failed',
      sentence:
        'Upkeep failed: in a week there is no partition left for new messages, and then they wait in the topics.',
      metric: ofFunction(upkeep, 'Errors', 'Sum', Duration.minutes(5)),
      above: 0,
      periods: [1, 3],
      noData: 'fine',
    },
    {
      ...shared,
      name: 'Upkeep did not run',
      sentence: 'Upkeep has not run for 30 hours: in a week there is no partition left for new messages.',
      metric: ofFunction(upkeep, 'Invocations', 'Sum', Duration.hours(6)),
      below: 1,
      periods: [5, 5],
      noData: 'bad',
    },
  ]
}
