import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import { label, vital } from '../../contract/vitals.ts'
import type { LaneName } from '../data/topic.ts'
import { metricsNamespace } from '../stage/derived.ts'
import type { Stage } from '../stage/stage.ts'

export const minute = Duration.minutes(1)
export const hour = Duration.hours(1)

/** A metric that our own processes write, by lane and step. The door counts as a step. */
export const own = (
  stage: Stage,
  [lane, step]: readonly [lane: LaneName, step: 'door' | 'raw' | 'pulse'],
  name: keyof typeof vital,
  { statistic = 'Sum', period = minute }: { statistic?: string; period?: Duration } = {},
) =>
  new Metric({
    namespace: metricsNamespace(stage),
    metricName: vital[name],
    dimensionsMap: { [label.lane]: lane, [label.step]: step },
    statistic,
    period,
    label: `${name} (${step})`,
  })

/** A metric that an AWS service writes. */
export const aws = (
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  statistic: string,
  { label: text = metricName, period = minute }: { label?: string; period?: Duration } = {},
) => new Metric({ namespace: `AWS/${namespace}`, metricName, dimensionsMap, statistic, period, label: text })

/**
 * A count that is 0 where there is none. For a heartbeat: CloudWatch would take older periods in place of those that are missing,
 * and raise its alarm two periods later.
 */
export const filled = (metric: Metric): MathExpression =>
  new MathExpression({
    expression: 'FILL(count, 0)',
    usingMetrics: { count: metric },
    period: metric.period,
    label: metric.label ?? 'count',
  })
