import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { vital } from '../../core/vitals.ts'
import { metricsNamespace } from '../handler.ts'
import type { HttpDoor } from '../http-door.ts'
import type { Stage } from '../stage.ts'
import { aws, minute } from './metric.ts'
import type { Symptom } from './symptom.ts'

/** Metrics of the HTTP API as a whole. */
export const ofHttp = ({ api }: HttpDoor, metric: string, statistic: string, label = metric) =>
  aws('ApiGateway', metric, { ApiId: api.apiId }, statistic, { label })

/** Callbacks without a valid token: API Gateway counts them among all 4xx, so they are counted in the access log. */
export const deniedCallbacks = (scope: Construct, stage: Stage, { accessLog }: HttpDoor) =>
  new MetricFilter(scope, 'Denied', {
    logGroup: accessLog,
    filterPattern: FilterPattern.literal('{ $.route = "POST /sigfox/*" && ($.status = "401" || $.status = "403") }'),
    metricNamespace: metricsNamespace(stage),
    metricName: vital.denied,
    metricValue: '1',
  }).metric({ statistic: 'Sum', period: minute, label: 'denied callbacks' })

export const httpSymptoms = (http: HttpDoor, denied: ReturnType<typeof deniedCallbacks>): Symptom[] => {
  const percent = (part: string, label: string) =>
    new MathExpression({
      expression: '100 * part / total',
      usingMetrics: { part: ofHttp(http, part, 'Sum'), total: ofHttp(http, 'Count', 'Sum') },
      period: minute,
      label,
    })
  return [
    {
      name: 'Requests fail',
      severity: 'page',
      runbook: 'callbacks',
      sentence:
        'More than 0.5 % of the requests are answered 5xx: Sigfox tries three times more within 7 minutes, then no more.',
      metric: percent('5xx', '5xx, %'),
      above: 0.5,
      periods: [2, 3],
      noData: 'fine',
    },
    {
      name: 'Requests are slow',
      severity: 'warn',
      runbook: 'callbacks',
      sentence: 'One request in a hundred takes more than a second; Sigfox hangs up after ten.',
      metric: ofHttp(http, 'Latency', 'p99'),
      above: 1_000,
      periods: [3, 5],
      noData: 'fine',
    },
    {
      name: 'Requests are refused',
      severity: 'warn',
      runbook: 'refused',
      sentence: 'More than 5 % of the requests are answered 4xx.',
      metric: percent('4xx', '4xx, %'),
      above: 5,
      periods: [3, 5],
      noData: 'fine',
    },
    {
      name: 'Callbacks without a valid token',
      severity: 'page',
      runbook: 'refused',
      sentence:
        'Callbacks come with a token that is not valid, more than five a minute: after a rotation they are real messages.',
      metric: denied,
      above: 5,
      periods: [3, 5],
      noData: 'fine',
    },
  ]
}
