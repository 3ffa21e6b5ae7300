import type { Decimal } from './decimal.ts'

/** One summand of a quantity, and what it is. */
export interface Part {
  readonly what: string
  readonly quantity: Decimal
}

/** A quantity of something that has a price. */
export interface Usage {
  /** The key of its price. */
  readonly key: string
  readonly parts: readonly Part[]
  /** Whether the tables of the source design count it. */
  readonly inSource: boolean
}

export const usage = (key: string, inSource: boolean, ...parts: (Part | null)[]): Usage => ({
  key,
  inSource,
  parts: parts.filter((part) => part !== null),
})

export const part = (what: string, quantity: Decimal): Part => ({ what, quantity })
