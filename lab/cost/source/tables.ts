import { type Catalogue, charge, type Price } from '../model/catalogue.ts'
import { type Decimal, decimal, most, over, roundDown, roundUp, sum, times, zero } from '../model/decimal.ts'
import { hoursAMonth } from '../model/months.ts'

/** The tables of the source design, computed by its formulas. */
export const tableNames = ['4.2', '4.3', '4.4', '4.5', '5.2', '5.3'] as const
export type TableName = (typeof tableNames)[number]

/** Prices for a table: the source design's own, or today's. */
export interface Sources {
  readonly aws: Catalogue
  readonly scaleway: Catalogue
}

/** The cells of one fleet by row, in the table's currency. Null where the table is blank. */
export type Cells = ReadonlyMap<string, Decimal | null>

const cost = (price: Price, quantity: Decimal) => sum(charge(price, quantity).map(({ amount }) => amount))

/** Every device reports every hour. */
const messagesAMonth = (devices: Decimal) => times(devices, hoursAMonth)

const half = decimal('0.5')
const kilobytesOfDatagram = decimal('0.00000075')
const lambdaMilliseconds = decimal(150)
const lambdaGigabytes = decimal('0.125')

const lambda = (price: Catalogue, invocations: Decimal) => {
  const gigabyteSecond = price('lambda.x86-gb-second')
  const meter = gigabyteSecond.meter ?? decimal(1)
  const seconds = times(roundUp(over(lambdaMilliseconds, meter)), meter, decimal('0.001'))
  return cost(price('lambda.request'), invocations) + cost(gigabyteSecond, times(invocations, seconds, lambdaGigabytes))
}

const machines = (price: Catalogue) =>
  times(
    decimal(3),
    times(price('ec2.t3a.small').tiers[0]?.price ?? zero, hoursAMonth) + cost(price('ebs.gp2'), decimal(8)),
  )

const kinesis = (price: Catalogue, devices: Decimal) => {
  const recordsASecond = roundDown(over(times(devices, decimal(2)), decimal(3600)))
  const shards = roundUp(over(recordsASecond, decimal(1000)))
  const units = times(messagesAMonth(devices), decimal(2))
  return cost(price('kinesis.put-unit'), units) + cost(price('kinesis.shard-hour'), times(shards, hoursAMonth))
}

/** Invocations a message: two steps and half a door (4.2), two steps (4.3, 4.4), or one step alone and one in batches of ten (4.5). */
const invocationsAMessage = { '4.2': '2.5', '4.3': '2', '4.4': '2', '4.5': '1.1' }

const awsCells = (table: keyof typeof invocationsAMessage, price: Catalogue, devices: Decimal): [string, Decimal][] => {
  const messages = messagesAMonth(devices)
  const throughBalancer = times(messages, table === '4.2' ? half : decimal(1))
  const bus: [string, Decimal] =
    table === '4.2' || table === '4.3'
      ? ['SQS', cost(price('sqs.request'), times(messages, decimal(2)))]
      : ['Kinesis', kinesis(price, devices)]
  return [
    bus,
    ['NLB', cost(price('nlb.capacity-hour'), times(throughBalancer, kilobytesOfDatagram))],
    ['Lambda', lambda(price, times(messages, decimal(invocationsAMessage[table])))],
    ...(table === '4.2'
      ? [['API Gateway', cost(price('apigateway.request'), times(messages, half))] as [string, Decimal]]
      : []),
    ['EC2', machines(price)],
  ]
}

const monthly = (price: Catalogue, key: string) => {
  const found = price(key)
  return cost(found, found.unit === 'hours' ? hoursAMonth : decimal(1))
}

const swarmCells = (table: '5.2' | '5.3', price: Catalogue, devices: Decimal): [string, Decimal | null][] => {
  const large = devices >= decimal(3_600_000)
  const six = decimal(6)
  return [
    ['DEV1-S x 6', large ? zero : times(six, monthly(price, 'scaleway.dev1-s'))],
    ['Load balancer', monthly(price, 'scaleway.lb') + monthly(price, 'scaleway.ipv4')],
    ['DEV1-L x 6', large ? times(six, monthly(price, 'scaleway.dev1-l')) : null],
    ...(table === '5.3' ? [['Datadog 6 hosts', cost(price('datadog.host'), six)] as [string, Decimal]] : []),
  ]
}

/** One column of a table. Totals are those of unrounded cells. */
export const column = (table: TableName, { aws, scaleway }: Sources, devices: Decimal): Cells => {
  const cells =
    table === '5.2' || table === '5.3' ? swarmCells(table, scaleway, devices) : awsCells(table, aws, devices)
  const total = sum(cells.map(([, cell]) => cell ?? zero))
  return new Map<string, Decimal | null>([
    ...cells,
    ['total', total],
    ['per device', over(total, most(devices, decimal(1)))],
  ])
}
