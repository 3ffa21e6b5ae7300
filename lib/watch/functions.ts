import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import type { Handler } from '../ingest/handler.ts'
import type { Stage } from '../stage/stage.ts'
import { aws, filled, minute } from './metric.ts'
import type { Symptom } from './symptom.ts'

export const ofFunction = ({ title, functionName }: Handler, metric: string, statistic: string, period = minute) =>
  aws('Lambda', metric, { FunctionName: functionName }, statistic, { label: title, period })

/** Counts of the function's event source mapping, if it has one. Lambda writes them because `metricsConfig` is set. */
export const ofMapping = ({ title, mappingId }: Handler, metric: string): IMetric[] =>
  mappingId === null ? [] : [aws('Lambda', metric, { EventSourceMappingUUID: mappingId }, 'Sum', { label: title })]

const limits = (one: Handler): Symptom[] => {
  const { title: name, timeoutSeconds, mappingId, passesOn } = one
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
  // Only for workers: callers wait for the other functions, and the alarms of their door cover the wait (R8).
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
  return [errors, ...(mappingId === null ? [] : [slow]), ...(passesOn ? [loop] : [])]
}

/** Of the whole account, because all its functions share one concurrency: if any is throttled, ours are next. */
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

/** Records that failed; on Kinesis also records that Lambda dropped or sent to the bucket. */
const mapping = (bus: Stage['bus'], one: Handler): Symptom[] => {
  const { title: name } = one
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
export const functionSymptoms = (bus: Stage['bus'], one: Handler): Symptom[] => [...limits(one), ...mapping(bus, one)]

/** Upkeep runs once a day, so one error matters, and so does a day without a run. */
export const upkeepSymptoms = (upkeep: Handler): Symptom[] => {
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
      metric: filled(ofFunction(upkeep, 'Invocations', 'Sum', Duration.hours(6))),
      below: 1,
      periods: [5, 5],
      noData: 'bad',
    },
  ]
}
