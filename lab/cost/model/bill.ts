import { busUsage } from './bus.ts'
import { type Catalogue, type Charge, charge, type Price } from './catalogue.ts'
import { type Decimal, over, sum, times } from './decimal.ts'
import type { Deployment } from './deployment.ts'
import { doorUsage } from './doors.ts'
import { flowOf } from './flow.ts'
import { functionUsage } from './functions.ts'
import { storageUsage } from './storage.ts'
import { checkTraffic, type Traffic } from './traffic.ts'
import { upkeepUsage } from './upkeep.ts'
import type { Part, Usage } from './usage.ts'

/** One line of a bill: a quantity, its price and the amount. */
export interface Line {
  readonly key: string
  readonly service: string
  readonly quantity: Decimal
  readonly parts: readonly Part[]
  readonly price: Price
  readonly charges: readonly Charge[]
  readonly amount: Decimal
  readonly inSource: boolean
}

export interface Bill {
  readonly deployment: Deployment
  readonly traffic: Traffic
  readonly lines: readonly Line[]
  /** What the tables of the source design count: bus, doors and processing, without hours, addresses and storage. */
  readonly counted: Decimal
  readonly everything: Decimal
}

/** Hours of work a month at a rate. The source design counts none. */
export interface Operations {
  readonly hours: Decimal
  readonly rate: Decimal
}

const priceUsage =
  (catalogue: Catalogue) =>
  ({ key, parts, inSource }: Usage): Line => {
    const price = catalogue(key)
    const quantity = sum(parts.map((part) => part.quantity))
    const charges = charge(price, quantity)
    return {
      key,
      service: price.service,
      quantity,
      parts,
      price,
      charges,
      amount: sum(charges.map(({ amount }) => amount)),
      inSource,
    }
  }

const operationsLine = ({ hours, rate }: Operations): Line => {
  const amount = times(hours, rate)
  const price: Price = {
    key: 'operations',
    service: 'Operations',
    unit: 'hours',
    tiers: [{ price: rate }],
    free: 0n,
    meter: null,
    source: 'a parameter of this command',
    date: null,
    recalled: false,
  }
  return {
    key: 'operations',
    service: 'Operations',
    quantity: hours,
    parts: [{ what: 'hours a month', quantity: hours }],
    price,
    charges: [{ quantity: hours, price: rate, amount }],
    amount,
    inSource: false,
  }
}

/** The bill of a month. @throws CostFault for impossible traffic or a missing price */
export const billOf = (
  deployment: Deployment,
  traffic: Traffic,
  catalogue: Catalogue,
  operations: Operations = { hours: 0n, rate: 0n },
): Bill => {
  checkTraffic(traffic)
  const flow = flowOf(deployment, traffic)
  const lines = [
    ...busUsage(deployment, flow),
    ...functionUsage(deployment, traffic, flow),
    ...doorUsage(deployment, traffic, flow),
    ...storageUsage(deployment, traffic, flow),
    ...upkeepUsage(deployment, traffic, flow),
  ].map(priceUsage(catalogue))
  const all = [...lines, operationsLine(operations)]
  return {
    deployment,
    traffic,
    lines: all,
    counted: sum(all.filter(({ inSource }) => inSource).map(({ amount }) => amount)),
    everything: sum(all.map(({ amount }) => amount)),
  }
}

export const perDevice = (amount: Decimal, { devices }: Traffic) => over(amount, devices)

/** Amounts by service, in the order of the lines. */
export const byService = (lines: readonly Line[]): ReadonlyMap<string, Decimal> => {
  const totals = new Map<string, Decimal>()
  for (const { service, amount } of lines) totals.set(service, (totals.get(service) ?? 0n) + amount)
  return totals
}
