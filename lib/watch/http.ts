import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Duration } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { callbackPaths } from '../../contract/callback-paths.ts'
import { vital } from '../../contract/vitals.ts'
import type { HttpApi } from '../ingest/http-api.ts'
import { metricsNamespace } from '../stage/derived.ts'
import type { Stage } from '../stage/stage.ts'
import { aws, minute, own } from './metric.ts'
import type { Symptom } from './symptom.ts'

/** Metrics of the HTTP API as a whole. */
export const ofHttp = ({ api }: HttpApi, metric: string, statistic: string, label = metric) =>
  aws('ApiGateway', metric, { ApiId: api.apiId }, statistic, { label })

/** The routes of callbacks, as a filter of the access log has them. */
const callbackRoutes = (): string => {
  const folders = new Set(callbackPaths.map((path) => path.split('/')[1]))
  const routes = [...folders].map((folder) => `$.route = "POST /${folder}/*"`).join(' || ')
  return folders.size === 1 ? routes : `(${routes})`
}

/** Callbacks without a valid token, counted in the access log, because API Gateway's own metric has all 4xx in one. */
export const deniedCallbacks = (scope: Construct, stage: Stage, { accessLog }: HttpApi) =>
  new MetricFilter(scope, 'Denied', {
    logGroup: accessLog,
    filterPattern: FilterPattern.literal(`{ ${callbackRoutes()} && ($.status = "401" || $.status = "403") }`),
    metricNamespace: metricsNamespace(stage),
    metricName: vital.denied,
    metricValue: '1',
  }).metric({ statistic: 'Sum', period: minute, label: 'denied callbacks' })

/** Of fewer requests a minute a share of 4xx says nothing: one 404 of a scanner would be all of them. A 5xx is always ours. */
const fewRequests = 20

/** What can be wrong with the HTTP API. */
export const httpSymptoms = (http: HttpApi): Symptom[] => {
  const percent = (part: string, label: string, expression = '100 * part / total') =>
    new MathExpression({
      expression,
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
      metric: percent('4xx', '4xx, %', `IF(total > ${fewRequests}, 100 * part / total, 0)`),
      above: 5,
      periods: [3, 5],
      noData: 'fine',
    },
  ]
}

/** @param denied callbacks without a valid token, as the Sigfox door counts them */
export const tokenSymptom = (denied: IMetric): Symptom => ({
  name: 'Callbacks without a valid token',
  severity: 'page',
  runbook: 'refused',
  sentence:
    'Callbacks come with a token that is not valid, more than five a minute: after a rotation they are real messages.',
  metric: denied,
  above: 5,
  periods: [3, 5],
  noData: 'fine',
})

/** What the Sigfox gateway counts and API Gateway would count for functions. */
export const sigfoxGatewaySymptom = (stage: Stage): Symptom => ({
  name: 'Callbacks fail',
  severity: 'page',
  runbook: 'callbacks',
  sentence: 'Callbacks are answered 429 or 5xx: Sigfox tries three times more within 7 minutes, then no more.',
  metric: own(stage, ['sigfox', 'door'], 'failedCallbacks'),
  above: 0,
  periods: [2, 3],
  noData: 'fine',
})

/** ACM writes once a day how long a certificate is still valid. It renews only certificates that it can validate. */
export const certificateSymptoms = ({ domains }: Stage): Symptom[] =>
  Object.entries(domains).flatMap(([which, domain]) =>
    domain === null
      ? []
      : {
          name: `Certificate of ${which}`,
          severity: 'warn',
          runbook: 'callbacks',
          sentence: `The certificate of ${domain.name} ends in less than 30 days, and ACM has not renewed it.`,
          metric: aws('CertificateManager', 'DaysToExpiry', { CertificateArn: domain.certificateArn }, 'Minimum', {
            period: Duration.days(1),
          }),
          below: 30,
          periods: [2, 2],
          noData: 'fine',
        },
  )
