import { type Decimal, decimal, fixed, least, most, over, times } from './decimal.ts'
import type { Deployment } from './deployment.ts'
import type { Flow } from './flow.ts'
import { given } from './measured.ts'
import { daysAMonth, hoursAMonth } from './months.ts'
import { sigfoxPayloadBytes, type Traffic } from './traffic.ts'
import { part, type Usage, usage } from './usage.ts'

const gibibyte = decimal(2 ** 30)
/** Extra room for the log, dead rows and work files. */
const reserve = decimal('1.2')

const rowBytesADay = (traffic: Traffic, { sigfox, nbiot }: Flow) => {
  const header = given('rawRowBytes')
  const raw =
    times(sigfox.messages, header + sigfoxPayloadBytes) + times(nbiot.messages, header + traffic.datagramBytes)
  const messages = over(sigfox.messages + nbiot.messages, daysAMonth)
  const readings = times(messages, traffic.readingsAMessage)
  return {
    raw: over(raw, daysAMonth),
    states: times(messages, given('stateRowBytes')),
    open: times(messages, given('openRowBytes')) + times(readings, given('openReadingBytes')),
    closed: times(readings, given('closedReadingBytes')),
  }
}

/**
 * GiB that raw messages and readings fill. Raw messages go when their retention ends, each with its state, which is a row
 * of its own once its day is closed; nothing deletes readings.
 */
export const filledGiB = ({ rawRetentionDays }: Deployment, traffic: Traffic, flow: Flow) => {
  const { raw, states, open, closed } = rowBytesADay(traffic, flow)
  const rawDays = least(decimal(rawRetentionDays), traffic.daysKept)
  const openDays = least(given('openDays'), traffic.daysKept)
  const gibibytes = (bytes: Decimal) => over(times(bytes, reserve), gibibyte)
  return {
    raw: gibibytes(times(raw, rawDays) + times(states, most(0n, rawDays - openDays))),
    readings: gibibytes(times(open, openDays) + times(closed, traffic.daysKept - openDays)),
    readingsAMonth: gibibytes(times(closed, daysAMonth)),
  }
}

/** What the database bills: its instance, and the template's disk or what the rows need beyond it. A standby doubles both. */
export const storageUsage = (deployment: Deployment, traffic: Traffic, flow: Flow): Usage[] => {
  const { instanceClass, storageGiB, multiAz } = deployment.database
  const copies = decimal(multiAz ? 2 : 1)
  const filled = filledGiB(deployment, traffic, flow)
  const allocated = decimal(storageGiB)
  const beyond = most(0n, filled.raw + filled.readings - allocated)
  return [
    usage(
      `rds.${instanceClass}`,
      false,
      part(multiAz ? 'instance and standby' : 'instance', times(copies, hoursAMonth)),
    ),
    usage(
      'rds.gp3-gb',
      false,
      part(`the template's ${storageGiB} GiB`, times(copies, allocated)),
      beyond > 0n
        ? part(`what the rows need beyond them on day ${fixed(traffic.daysKept, 0)}`, times(copies, beyond))
        : null,
    ),
  ]
}
