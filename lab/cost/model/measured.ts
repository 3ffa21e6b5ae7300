import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Decimal, decimal } from './decimal.ts'

/** One figure that the model takes as given. */
export interface Given {
  readonly value: string
  readonly unit: string
  readonly source: string
  readonly date: string
  readonly standing: 'documented' | 'provisional' | 'assumed'
}

const { values } = JSON.parse(readFileSync(join(import.meta.dirname, '../data/measured.json'), 'utf8')) as {
  values: Record<string, Given>
}

/** Every figure, by name: for the list of assumptions. */
export const givens: ReadonlyMap<string, Given> = new Map(Object.entries(values))

const decimals = new Map([...givens].map(([name, { value }]) => [name, decimal(value)]))

/** The figure called `name` in `data/measured.json`. */
export const given = (name: string): Decimal => {
  const found = decimals.get(name)
  if (found === undefined) throw new Error(`data/measured.json has no "${name}"`)
  return found
}
