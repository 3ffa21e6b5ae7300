import { approximate, type Decimal, fixed } from '../model/decimal.ts'

export const dollars = (amount: Decimal) => fixed(amount, 2)

/** Dollars for one device, with as many digits as make sense. */
export const dollarsADevice = (amount: Decimal) => fixed(amount, approximate(amount) < 0.001 ? 7 : 5)

/** A quantity. Large ones are rounded to whole numbers. */
export const quantity = (amount: Decimal) => fixed(amount, approximate(amount) < 1_000 ? 2 : 0)
