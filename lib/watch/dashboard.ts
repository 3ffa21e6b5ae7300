import {
  AlarmStatusWidget,
  Dashboard,
  type IAlarm,
  type IMetric,
  type IWidget,
  MathExpression,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { NetworkLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { Duration } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { vital } from '../../contract/vitals.ts'
import type { Database } from '../data/database.ts'
import type { Topic } from '../data/topic.ts'
import type { GatewayService } from '../ingest/gateway-service.ts'
import type { Handler } from '../ingest/handler.ts'
import type { HttpApi } from '../ingest/http-api.ts'
import type { Stage } from '../stage/stage.ts'
import { costPerMillion } from './cost.ts'
import { ofDatabase } from './database.ts'
import { ofFunction, ofMapping } from './functions.ts'
import { ofBalancer, ofService, ofTargets } from './gateway.ts'
import { graph, reasons, sigfoxApiDoor, sigfoxGatewayDoor, steps, udpDoor } from './graphs.ts'
import { ofHttp } from './http.ts'
import { minute, own } from './metric.ts'
import { lagOf, troubleOf } from './topics.ts'

interface Shown {
  stage: Stage
  topics: readonly Topic[]
  http: HttpApi
  balancer: NetworkLoadBalancer
  gateways: readonly GatewayService[]
  functions: readonly Handler[]
  database: Database
  zones: readonly string[]
  /** Callbacks without a valid token. */
  denied: IMetric
  alarms: IAlarm[]
}

const heading = (markdown: string) => new TextWidget({ markdown, width: 24, height: 1 })

const sigfoxDoor = ({ stage, http, gateways, denied }: Shown) =>
  gateways.some(({ lane }) => lane === 'sigfox') ? sigfoxGatewayDoor(stage, denied) : sigfoxApiDoor(http, denied)

const lagRow = ({ stage, topics, functions }: Shown): IWidget[] => {
  const isQueue = stage.bus === 'sqs'
  return [
    graph(isQueue ? 'Oldest that waits, seconds' : 'Oldest that waits, milliseconds', 8, topics.flatMap(lagOf)),
    graph(isQueue ? 'Dead letters' : 'Refused by a full shard', 8, topics.flatMap(troubleOf)),
    graph(
      'Records that failed and come again',
      8,
      functions.flatMap((one) => ofMapping(one, 'FailedInvokeEventCount')),
    ),
  ]
}

const frontRow = ({ http, balancer }: Shown): IWidget[] => [
  graph('HTTP latency, ms', 12, [
    ofHttp(http, 'Latency', 'p50', 'p50'),
    ofHttp(http, 'Latency', 'p99', 'p99'),
    ofHttp(http, 'IntegrationLatency', 'p99', 'function p99'),
  ]),
  graph('Load balancer: new flows, and what its security group blocked', 12, [
    ofBalancer(balancer, 'NewFlowCount_UDP', 'UDP'),
    ofBalancer(balancer, 'NewFlowCount_TLS', 'TLS'),
    ofBalancer(balancer, 'SecurityGroupBlockedFlowCount_Outbound_UDP', 'blocked outward'),
    ofBalancer(balancer, 'SecurityGroupBlockedFlowCount_Inbound_UDP', 'blocked inward'),
  ]),
]

const gatewayRow = ({ stage, zones }: Shown, gateway: GatewayService): IWidget[] => {
  const { title, lane } = gateway
  const of = (metric: keyof typeof vital, statistic = 'Sum') => own(stage, [lane, 'door'], metric, { statistic })
  return [
    graph(`${title}: lost; bytes held`, 6, lane === 'nbiot' ? [of('kernelDrops'), of('shed')] : [of('shed')], [
      of('queuedBytes', 'Maximum'),
    ]),
    graph(`${title}: late by, seconds`, 6, [of('confirmSeconds', 'Maximum'), of('eventLoopDelaySeconds', 'Maximum')]),
    graph(`${title}: CPU and memory, %`, 6, [
      ofService(gateway, 'CPUUtilization'),
      ofService(gateway, 'MemoryUtilization'),
    ]),
    graph(
      `${title}: healthy tasks by zone`,
      6,
      zones.map((zone, i) => ofTargets(gateway, 'HealthyHostCount', 'Minimum', zone, `zone ${i + 1}`)),
    ),
  ]
}

const throttles = (functions: readonly Handler[]) =>
  new MathExpression({
    expression: 'SUM(METRICS())',
    usingMetrics: Object.fromEntries(functions.map((one, i) => [`throttled${i}`, ofFunction(one, 'Throttles', 'Sum')])),
    period: minute,
    label: 'throttles',
  })

const functionRow = ({ functions }: Shown): IWidget[] => {
  const each = (metric: string, statistic: string) => functions.map((one) => ofFunction(one, metric, statistic))
  return [
    graph('Function duration p99, ms', 8, each('Duration', 'p99')),
    graph('Function errors; throttles of all', 8, [...each('Errors', 'Sum'), throttles(functions)]),
    graph('Concurrent invocations', 8, each('ConcurrentExecutions', 'Maximum')),
  ]
}

const databaseRow = ({ database }: Shown): IWidget[] => [
  graph('Database CPU, %', 6, [ofDatabase(database, 'CPUUtilization', 'Maximum')]),
  graph('Connections', 6, [ofDatabase(database, 'DatabaseConnections', 'Maximum')]),
  graph('Free storage, bytes', 6, [ofDatabase(database, 'FreeStorageSpace', 'Minimum')]),
  graph('Disk operations a second', 6, [
    ofDatabase(database, 'ReadIOPS', 'Average'),
    ofDatabase(database, 'WriteIOPS', 'Average'),
  ]),
]

/** The page to keep open: first whether anything is missing, then where it waits, then why. */
export const dashboard = (scope: Construct, shown: Shown) => {
  const { stage, functions, gateways, alarms } = shown
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: `sluice-${stage.name}`,
    defaultInterval: Duration.hours(3),
    widgets: [
      [new AlarmStatusWidget({ title: `sluice ${stage.name}: alarms`, width: 24, height: 4, alarms })],
      [heading('## Conservation: each step, what came in and what became of it. The lines of a step add up.')],
      [sigfoxDoor(shown), ...steps(stage, 'sigfox')],
      [udpDoor(stage), ...steps(stage, 'nbiot')],
      [heading('## Lag and rejects')],
      lagRow(shown),
      [reasons(stage, 'sigfox'), reasons(stage, 'nbiot')],
      [heading('## Doors')],
      frontRow(shown),
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
