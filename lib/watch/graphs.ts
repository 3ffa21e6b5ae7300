import { GraphWidget, type IMetric, type IWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import { label, vital } from '../../contract/vitals.ts'
import type { LaneName } from '../data/topic.ts'
import type { HttpApi } from '../ingest/http-api.ts'
import { metricsNamespace } from '../stage/derived.ts'
import type { Stage } from '../stage/stage.ts'
import { ofHttp } from './http.ts'
import { minute, own } from './metric.ts'

/** A graph as all of them are: 6 high, both axes from zero. */
export const graph = (title: string, width: number, left: IMetric[], right: IMetric[] = []) =>
  new GraphWidget({ title, width, height: 6, left, right, leftYAxis: { min: 0 }, rightYAxis: { min: 0 } })

const duplicates = (stage: Stage, lane: LaneName) =>
  new MathExpression({
    expression: 'received - stored - rejected',
    usingMetrics: {
      received: own(stage, [lane, 'raw'], 'received'),
      stored: own(stage, [lane, 'raw'], 'stored'),
      rejected: own(stage, [lane, 'raw'], 'rejected'),
    },
    period: minute,
    label: 'duplicates (raw)',
  })

const doorTitle = (lane: LaneName) => `${lane} door: received = accepted + rejected + shed`
const atDoor = (stage: Stage, lane: LaneName, ...names: (keyof typeof vital)[]) =>
  names.map((name) => own(stage, [lane, 'door'], name))

/** What the UDP gateway took in. */
export const udpDoor = (stage: Stage) =>
  graph(doorTitle('nbiot'), 8, atDoor(stage, 'nbiot', 'received', 'accepted', 'rejected', 'shed', 'kernelDrops'))

/** The callbacks, as the Sigfox gateway counts them. @param denied callbacks without a valid token */
export const sigfoxGatewayDoor = (stage: Stage, denied: IMetric) =>
  graph(doorTitle('sigfox'), 8, atDoor(stage, 'sigfox', 'received', 'accepted', 'rejected', 'shed'), [
    denied,
    ...atDoor(stage, 'sigfox', 'failedCallbacks'),
  ])

/** The callbacks, as API Gateway counts them. @param denied callbacks without a valid token */
export const sigfoxApiDoor = (http: HttpApi, denied: IMetric) =>
  graph('sigfox door: requests, and which failed', 8, [
    ofHttp(http, 'Count', 'Sum', 'requests'),
    ofHttp(http, '4xx', 'Sum'),
    ofHttp(http, '5xx', 'Sum'),
    denied,
  ])

/** The steps of a lane, left to right. The lines of each step add up. */
export const steps = (stage: Stage, lane: LaneName): IWidget[] => {
  const at = (step: 'raw' | 'pulse', ...names: (keyof typeof vital)[]) =>
    names.map((name) => own(stage, [lane, step], name))
  return [
    graph(`${lane} raw: received = stored + duplicates + rejected`, 8, [
      ...at('raw', 'received', 'stored', 'rejected'),
      duplicates(stage, lane),
    ]),
    graph(`${lane} pulse: stored = decoded + rejected (+ pending)`, 8, [
      ...at('raw', 'stored'),
      ...at('pulse', 'decoded', 'rejected', 'readings'),
    ]),
  ]
}

/** Rejects by reason. A search, so that a new reason shows by itself. */
export const reasons = (stage: Stage, lane: LaneName) =>
  graph(`Rejects of ${lane} by reason`, 12, [
    new MathExpression({
      expression: `SEARCH('{${metricsNamespace(stage)},${label.lane},${label.step},${label.reason}} MetricName="${vital.rejected}" ${label.lane}="${lane}"', 'Sum', 300)`,
      label: '',
      period: Duration.minutes(5),
    }),
  ])
