import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { lanes } from '../data/topic.ts'
import type { Handler } from '../ingest/handler.ts'
import type { Stage } from '../stage/stage.ts'
import { ofFunction } from './functions.ts'
import { hour, own } from './metric.ts'
import type { Symptom } from './symptom.ts'

/** Prices of arm64 functions in us-east-1, first tier. */
const dollarsAGigabyteSecond = 0.0000133334
const dollarsARequest = 0.0000002

/**
 * What the functions cost for a million messages. The rest of the bill grows with time or with messages and shows no
 * regression in our code; this does.
 */
export const costPerMillion = (stage: Stage, functions: readonly Handler[]): IMetric => {
  const usingMetrics: Record<string, IMetric> = {}
  const terms = functions.map((one, i) => {
    usingMetrics[`duration${i}`] = ofFunction(one, 'Duration', 'Sum', hour)
    usingMetrics[`count${i}`] = ofFunction(one, 'Invocations', 'Sum', hour)
    const dollarsAMillisecond = ((one.memoryMiB / 1_024) * dollarsAGigabyteSecond) / 1_000
    return `FILL(duration${i}, 0) * ${dollarsAMillisecond.toFixed(15)} + FILL(count${i}, 0) * ${dollarsARequest.toFixed(7)}`
  })
  for (const lane of lanes) usingMetrics[lane] = own(stage, [lane, 'raw'], 'received', { period: hour })
  const messages = lanes.map((lane) => `FILL(${lane}, 0)`).join(' + ')
  return new MathExpression({
    expression: `1000000 * (${terms.join(' + ')}) / (${messages})`,
    usingMetrics,
    period: hour,
    label: '$ for a million messages',
  })
}

/** At this many messages an hour or fewer, the fixed cost of invocations hides everything else. */
const thinTraffic = 1_000
/** One invocation for each message, the worst case, takes about 30 ms. */
const millisecondsAMessage = 50

/**
 * Wasted work, such as batches that fail again and again. Only for the raw workers, because every metric of an alarm is
 * billed. The limit is absolute, because an alarm cannot compare with the week before.
 */
export const costSymptom = (stage: Stage, functions: readonly Handler[]): Symptom => {
  const usingMetrics: Record<string, IMetric> = {}
  const sum = (name: string, metrics: readonly IMetric[]) =>
    metrics
      .map((metric, i) => {
        usingMetrics[`${name}${i}`] = metric
        return `FILL(${name}${i}, 0)`
      })
      .join(' + ')
  const workers = functions.filter(({ passesOn }) => passesOn)
  const work = sum(
    'work',
    workers.map((one) => ofFunction(one, 'Duration', 'Sum', hour)),
  )
  const received = sum(
    'received',
    lanes.map((lane) => own(stage, [lane, 'raw'], 'received', { period: hour })),
  )
  return {
    name: 'Raw workers work too much for each message',
    severity: 'warn',
    runbook: 'cost',
    sentence: `The raw workers take more than ${millisecondsAMessage} ms for each message, for three hours: that is billed, and brings nothing.`,
    metric: new MathExpression({
      expression: `(${work}) / (${received} + ${thinTraffic})`,
      usingMetrics,
      period: hour,
      label: 'ms for each message',
    }),
    above: millisecondsAMessage,
    periods: [3, 4],
    noData: 'fine',
  }
}
