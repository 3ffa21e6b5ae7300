import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  MathExpression,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { label, vital } from '../../contract/vitals.ts'
import type { DataStack } from '../data-stack.ts'
import type { HttpDoor } from '../ingest/http-api.ts'
import { metricsNamespace } from '../stage/derived.ts'
import type { Stage } from '../stage/stage.ts'
import { costPerMillion } from './cost.ts'
import { ofDatabase } from './database.ts'
import { type NamedFunction, ofFunction, ofMapping } from './functions.ts'
import { type NamedGateway, ofBalancer, ofService, ofTargets } from './gateway.ts'
import { ofHttp } from './http.ts'
import { type LaneName, minute, own } from './metric.ts'
import { lagOf, type NamedTopic, troubleOf } from './topics.ts'

interface Shown {
  stage: Stage
  data: DataStack
  http: HttpDoor
  gateways: readonly NamedGateway[]
  functions: readonly NamedFunction[]
  topics: readonly NamedTopic[]
  denied: IMetric
  alarms: IAlarm[]
}

const graph = (title: string, width: number, left: IMetric[], right: IMetric[] = []) =>
  new GraphWidget({ title, width, height: 6, left, right, leftYAxis: { min: 0 }, rightYAxis: { min: 0 } })

const heading = (markdown: string) => new TextWidget({ markdown, width: 24, height: 1 })

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

/** The callbacks as the door that takes them counts them. */
const sigfoxDoor = ({ stage, http, gateways, denied }: Shown): GraphWidget => {
  if (gateways.some(({ lane }) => lane === 'sigfox')) {
    const of = (...names: (keyof typeof vital)[]) => names.map((name) => own(stage, ['sigfox', 'door'], name))
    const [failed, ...messages] = of('failedCallbacks', 'received', 'accepted', 'rejected', 'shed')
    return graph('sigfox door: received = accepted + rejected + shed', 8, messages, [
      denied,
      ...(failed ? [failed] : []),
    ])
  }
  return graph('sigfox door: requests, and which failed', 8, [
    ofHttp(http, 'Count', 'Sum', 'requests'),
    ofHttp(http, '4xx', 'Sum'),
    ofHttp(http, '5xx', 'Sum'),
    denied,
  ])
}

/** One lane, left to right: what its door took, what became of it, and what followed. Lines of a step add up. */
const conservation = (shown: Shown, lane: LaneName): IWidget[] => {
  const { stage } = shown
  const of = (step: 'door' | 'raw' | 'pulse', names: (keyof typeof vital)[]) =>
    names.map((name) => own(stage, [lane, step], name))
  const door =
    lane === 'nbiot'
      ? graph('nbiot door: received = accepted + rejected + shed', 8, [
          ...of('door', ['received', 'accepted', 'rejected', 'shed']),
          own(stage, [lane, 'door'], 'kernelDrops'),
        ])
      : sigfoxDoor(shown)
  return [
    door,
    graph(`${lane} raw: received = stored + duplicates + rejected`, 8, [
      ...of('raw', ['received', 'stored', 'rejected']),
      duplicates(stage, lane),
    ]),
    graph(`${lane} pulse: stored = decoded + rejected (+ pending)`, 8, [
      own(stage, [lane, 'raw'], 'stored'),
      ...of('pulse', ['decoded', 'rejected', 'readings']),
    ]),
  ]
}

/** Whatever reasons occur; a new one shows without anybody asking for it. */
const reasons = (stage: Stage, lane: LaneName) =>
  graph(`Rejects of ${lane} by reason`, 12, [
    new MathExpression({
      expression: `SEARCH('{${metricsNamespace(stage)},${label.lane},${label.step},${label.reason}} MetricName="${vital.rejected}" ${label.lane}="${lane}"', 'Sum', 300)`,
      label: '',
      period: Duration.minutes(5),
    }),
  ])

const lag = ({ stage, topics, functions }: Shown): IWidget[] => {
  const queues = stage.bus === 'sqs'
  return [
    graph(queues ? 'Oldest that waits, seconds' : 'Oldest that waits, milliseconds', 8, topics.flatMap(lagOf)),
    graph(queues ? 'Dead letters' : 'Refused by a full shard', 8, topics.flatMap(troubleOf)),
    graph(
      'Records that failed and come again',
      8,
      functions.flatMap((one) => ofMapping(one, 'FailedInvokeEventCount')),
    ),
  ]
}

const httpDoor = ({ http, gateways }: Shown): IWidget[] => {
  const [{ gateway }] = gateways as [NamedGateway]
  return [
    graph('HTTP latency, ms', 12, [
      ofHttp(http, 'Latency', 'p50', 'p50'),
      ofHttp(http, 'Latency', 'p99', 'p99'),
      ofHttp(http, 'IntegrationLatency', 'p99', 'function p99'),
    ]),
    graph('Load balancer: new flows, and what its security group blocked', 12, [
      ofBalancer(gateway, 'NewFlowCount_UDP', 'UDP'),
      ofBalancer(gateway, 'NewFlowCount_TLS', 'TLS'),
      ofBalancer(gateway, 'SecurityGroupBlockedFlowCount_Outbound_UDP', 'blocked outward'),
      ofBalancer(gateway, 'SecurityGroupBlockedFlowCount_Inbound_UDP', 'blocked inward'),
    ]),
  ]
}

/** A row for each door that is a container. */
const gatewayRow = ({ stage, data }: Shown, { name, lane, gateway }: NamedGateway): IWidget[] => {
  const of = (metric: keyof typeof vital, statistic = 'Sum') => own(stage, [lane, 'door'], metric, { statistic })
  return [
    graph(
      `${name}: lost; bytes held`,
      6,
      lostAt(lane).map((metric) => of(metric)),
      [of('queuedBytes', 'Maximum')],
    ),
    graph(`${name}: late by, seconds`, 6, [of('confirmSeconds', 'Maximum'), of('eventLoopDelaySeconds', 'Maximum')]),
    graph(`${name}: CPU and memory, %`, 6, [
      ofService(gateway, 'CPUUtilization'),
      ofService(gateway, 'MemoryUtilization'),
    ]),
    graph(`${name}: healthy tasks by zone`, 6, [
      ...data.network.vpc.availabilityZones.map((zone, i) =>
        ofTargets(gateway, 'HealthyHostCount', 'Minimum', zone, `zone ${i + 1}`),
      ),
    ]),
  ]
}

const lostAt = (lane: LaneName) => (lane === 'nbiot' ? (['kernelDrops', 'shed'] as const) : (['shed'] as const))

const throttles = (functions: readonly NamedFunction[]) =>
  new MathExpression({
    expression: 'SUM(METRICS())',
    usingMetrics: Object.fromEntries(functions.map((one, i) => [`throttled${i}`, ofFunction(one, 'Throttles', 'Sum')])),
    period: minute,
    label: 'throttles',
  })

const functionRow = ({ functions }: Shown): IWidget[] => [
  graph(
    'Function duration p99, ms',
    8,
    functions.map((one) => ofFunction(one, 'Duration', 'p99')),
  ),
  graph('Function errors; throttles of all', 8, [
    ...functions.map((one) => ofFunction(one, 'Errors', 'Sum')),
    throttles(functions),
  ]),
  graph(
    'Concurrent invocations',
    8,
    functions.map((one) => ofFunction(one, 'ConcurrentExecutions', 'Maximum')),
  ),
]

const databaseRow = ({ data: { database } }: Shown): IWidget[] => [
  graph('Database CPU, %', 6, [ofDatabase(database, 'CPUUtilization', 'Maximum')]),
  graph('Connections', 6, [ofDatabase(database, 'DatabaseConnections', 'Maximum')]),
  graph('Free storage, bytes', 6, [ofDatabase(database, 'FreeStorageSpace', 'Minimum')]),
  graph('Disk operations a second', 6, [
    ofDatabase(database, 'ReadIOPS', 'Average'),
    ofDatabase(database, 'WriteIOPS', 'Average'),
  ]),
]

/** What a person leaves open: first whether anything is missing, then where it waits, then why. */
export const dashboard = (scope: Construct, shown: Shown) => {
  const { stage, functions, gateways, alarms } = shown
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: `sluice-${stage.name}`,
    defaultInterval: Duration.hours(3),
    widgets: [
      [new AlarmStatusWidget({ title: `sluice ${stage.name}: alarms`, width: 24, height: 4, alarms })],
      [heading('## Conservation: each step, what came in and what became of it. The lines of a step add up.')],
      conservation(shown, 'sigfox'),
      conservation(shown, 'nbiot'),
      [heading('## Lag and rejects')],
      lag(shown),
      [reasons(stage, 'sigfox'), reasons(stage, 'nbiot')],
      [heading('## Doors')],
      httpDoor(shown),
      ...gateways.map((one) => gatewayRow(shown, one)),
      [heading('## Functions and database')],
      functionRow(shown),
      databaseRow(shown),
      [heading('## Cost')],
      [
        graph('Functions, $ for a million messages (us-east-1 prices; all services: npm run cost)', 24, [
          costPerMillion(stage, functions),
        ]),
      ],
    ],
  })
}
