import { decimal } from './decimal.ts'

/** A month as price lists count it: 730 hours. */
export const hoursAMonth = decimal(730)
export const secondsAMonth = decimal(730 * 3600)
export const daysAMonth = decimal('30.416666666666666667')
