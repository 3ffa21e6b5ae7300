import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { Stage } from '../stage.ts'
import { type NamedFunction, ofFunction } from './functions.ts'
import { hour, lanes, own } from './metric.ts'

/** Of arm64 functions in us-east-1, the first tier. */
const dollarsAGigabyteSecond = 0.0000133334
const dollarsARequest = 0.0000002

/**
 * What the functions cost for a million messages. The rest of the bill follows the clock or the message and shows no
 * regression of ours; this does.
 */
export const costPerMillion = (stage: Stage, functions: readonly NamedFunction[]): IMetric => {
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
