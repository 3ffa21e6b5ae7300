import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Decimal, decimal, least, times, zero } from './decimal.ts'
import { CostFault } from './fault.ts'

interface Tier {
  /** The price holds up to this many units a month. The last tier has no end. */
  readonly upTo?: Decimal
  readonly price: Decimal
}

/** The price of a unit in one region, and its source. */
export interface Price {
  readonly key: string
  readonly service: string
  readonly unit: string
  readonly tiers: readonly Tier[]
  /** Units a month that are always free. */
  readonly free: Decimal
  /** Usage is rounded up to a multiple of this, such as 64 KB or 1 ms. Null: it is not rounded. */
  readonly meter: Decimal | null
  readonly source: string
  readonly date: string | null
  readonly recalled: boolean
}

/** Looks up a price. @throws CostFault that names a missing price */
export type Catalogue = (key: string) => Price

interface PriceFile {
  readonly currency: Record<string, string>
  readonly prices: Record<
    string,
    {
      readonly service: string
      readonly unit: string
      readonly free?: string
      readonly meter?: { readonly size: string }
      readonly regions: Record<
        string,
        {
          readonly tiers: readonly { readonly upTo?: string; readonly price: string }[]
          readonly source: string
          readonly date: string | null
          readonly recalled?: boolean
        }
      >
    }
  >
}

const here = (name: string) => join(import.meta.dirname, '../data', name)
export const priceFile = here('prices.json')
export const sourcePriceFile = here('source-prices.json')

const readJson = (file: string): PriceFile => {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new CostFault(`The prices in ${file} cannot be read: ${(error as Error).message}.`)
  }
  const { prices, currency } = (content ?? {}) as Partial<PriceFile>
  if (!prices || !currency)
    throw new CostFault(
      `${file} is not a price file: it must hold "currency" and "prices" like lab/cost/data/prices.json.`,
    )
  return { prices, currency }
}

const number = (text: string, what: string): Decimal => {
  try {
    const value = decimal(text)
    if (value >= zero) return value
  } catch {}
  throw new CostFault(`${what} is ${JSON.stringify(text)}; write a decimal number of 0 or more.`)
}

/** The prices of `file` in one region. @throws CostFault */
export const openCatalogue = (file: string, region: string): Catalogue => {
  const { prices, currency } = readJson(file)
  const known = new Set([...Object.keys(currency), ...Object.values(prices).flatMap((p) => Object.keys(p.regions))])
  if (!known.has(region))
    throw new CostFault(
      `There are no prices for region "${region}" in ${file}; choose one of ${[...known].join(', ')}.`,
    )
  return (key) => {
    const entry = prices[key]
    const found = entry?.regions[region]
    if (!entry || !found)
      throw new CostFault(`The price "${key}" in region "${region}" is missing from ${file}; add it.`)
    const what = `The price "${key}" in region "${region}" of ${file}`
    return {
      key,
      service: entry.service,
      unit: entry.unit,
      tiers: found.tiers.map(({ upTo, price }) => ({
        price: number(price, what),
        ...(upTo === undefined ? {} : { upTo: number(upTo, what) }),
      })),
      free: number(entry.free ?? '0', what),
      meter: entry.meter ? number(entry.meter.size, what) : null,
      source: found.source,
      date: found.date,
      recalled: found.recalled ?? false,
    }
  }
}

/** What one tier bills of a quantity. */
export interface Charge {
  readonly quantity: Decimal
  readonly price: Decimal
  readonly amount: Decimal
}

/** The charges for `quantity` units a month, tier by tier. Free units are not charged, but they count in the tiers. */
export const charge = (price: Price, quantity: Decimal): Charge[] => {
  const charges: Charge[] = []
  let from = least(price.free, quantity)
  for (const tier of price.tiers) {
    const to = tier.upTo === undefined ? quantity : least(tier.upTo, quantity)
    if (to > from) charges.push({ quantity: to - from, price: tier.price, amount: times(to - from, tier.price) })
    if (to > from) from = to
  }
  return charges
}
