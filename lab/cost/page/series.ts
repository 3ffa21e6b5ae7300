import { type Bill, billOf, byService } from '../model/bill.ts'
import { approximate, type Decimal, decimal, over } from '../model/decimal.ts'
import type { Deployment } from '../model/deployment.ts'
import type { Question } from '../model/question.ts'
import { fleets as ourFleets, type Traffic } from '../model/traffic.ts'
import { fleets, sourcePrices, titleOf } from '../source/published.ts'
import { column, type TableName } from '../source/tables.ts'

/** Services that share a colour, in the order of the stack. */
const groups = {
  'API Gateway': ['API Gateway'],
  Bus: ['SQS', 'Kinesis'],
  Functions: ['Lambda'],
  'Machines, tasks': ['EC2', 'Fargate'],
  'Load balancer': ['NLB'],
  Database: ['RDS'],
  Network: ['Public IPv4', 'Endpoints', 'NAT gateway', 'Data transfer'],
  'Logs and rest': ['CloudWatch', 'Secrets Manager', 'ECR', 'Operations'],
} as const
export type Group = keyof typeof groups
export const groupNames = Object.keys(groups) as Group[]

/** One stacked bar: dollars a month by group. */
export interface Bar {
  readonly devices: number
  readonly parts: ReadonlyMap<Group, number>
  readonly total: number
}

export interface Panel {
  readonly title: string
  readonly bars: readonly Bar[]
}

const barOf = (devices: Decimal, services: ReadonlyMap<string, Decimal | null>): Bar => {
  const parts = new Map(
    groupNames.map((group) => [
      group,
      groups[group].reduce((total, service) => total + approximate(services.get(service) ?? 0n), 0),
    ]),
  )
  return { devices: approximate(devices), parts, total: [...parts.values()].reduce((a, b) => a + b, 0) }
}

/** The source design's figures 4.5 to 4.8: its tables 4.2 to 4.5 as bars. */
export const sourcePanels = (): Panel[] =>
  (['4.2', '4.3', '4.4', '4.5'] as const).map((table) => ({
    title: `Table ${table}: ${titleOf(table)}`,
    bars: fleets.map((devices) => barOf(devices, column(table, sourcePrices(), devices))),
  }))

export type Kind = Traffic['callbacks']

const billAt = (
  deployment: Deployment,
  callbacks: Kind,
  devices: Decimal,
  { traffic, catalogue, operations }: Question,
): Bill => billOf(deployment, { ...traffic, devices, callbacks }, catalogue, operations)

export const stagePanel = (deployment: Deployment, callbacks: Kind, question: Question): Panel => ({
  title: `${deployment.name}, callbacks ${callbacks}, with everything`,
  bars: ourFleets.map((devices) => barOf(devices, byService(billAt(deployment, callbacks, devices, question).lines))),
})

/** Dollars a device and month, by fleet. */
export interface Curve {
  readonly name: string
  /** Decides the style of the line. */
  readonly family: 'source' | 'ours' | 'whole'
  readonly largest: number
  readonly at: (devices: number) => number
}

export const sourceCurve = (table: TableName): Curve => ({
  name: table === '5.2' ? 'Scaleway 5.2 (€)' : `table ${table}`,
  family: 'source',
  largest: 3_600_000,
  at: (devices) => approximate(column(table, sourcePrices(), decimal(devices)).get('per device') ?? 0n),
})

export const stageCurve = (
  name: string,
  deployment: Deployment,
  callbacks: Kind,
  count: 'counted' | 'everything',
  question: Question,
): Curve => ({
  name,
  family: count === 'counted' ? 'ours' : 'whole',
  largest: 36_000_000,
  at: (devices) => {
    const bill = billAt(deployment, callbacks, decimal(devices), question)
    return approximate(over(bill[count], decimal(devices)))
  },
})

/** Dollars with as few digits as make sense. */
export const money = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 0.1 ? 2 : 5)
