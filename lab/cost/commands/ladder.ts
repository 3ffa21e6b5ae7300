import { type Bill, billOf } from '../model/bill.ts'
import { type Decimal, fixed, over } from '../model/decimal.ts'
import type { Deployment } from '../model/deployment.ts'
import type { Traffic } from '../model/traffic.ts'
import { dollars } from '../report/money.ts'
import type { Section } from '../report/section.ts'
import { lean } from '../stage/lean.ts'
import { withStage } from '../stage/literal.ts'
import { variants } from '../stage/variants.ts'
import type { Question } from './question.ts'

/** A step towards the cheapest: what is done, and the bill after it. */
export interface Rung {
  readonly step: string
  readonly bill: Bill
}

/** From one message a record and one callback a message down to `lean`, one thing at a time. */
export const ladderOf = (from: Deployment, traffic: Traffic, { catalogue, operations }: Question): Rung[] => {
  const single: Traffic = { ...traffic, callbacks: 'one-by-one' }
  const batched: Traffic = { ...traffic, callbacks: 'batched' }
  const leaner = withStage(from, lean)
  const steps: [string, Deployment, Traffic][] = [
    [`${from.name}, each message alone on its way`, variants.unpacked(from), single],
    ['many messages a record, flushed after 20 ms', variants.quick(from), single],
    [`flushed after ${from.gateway.lingerMilliseconds} ms`, from, single],
    ['batched callbacks', from, batched],
    ['batches of 20 s, smaller functions', { ...from, raw: leaner.raw, pulse: leaner.pulse }, batched],
    [
      'raw messages for 2 days, logs for 7',
      { ...leaner, database: { ...from.database }, endpointInterfaces: from.endpointInterfaces },
      batched,
    ],
    ['no standby: lean', leaner, batched],
  ]
  return steps.map(([step, deployment, sent]) => ({ step, bill: billOf(deployment, sent, catalogue, operations) }))
}

const saved = (before: Decimal | undefined, after: Decimal) =>
  before === undefined || before === after ? '' : dollars(before - after)

/** The ladder as a table: what each step saves, in both ways of counting. */
export const ladderSection = (rungs: readonly Rung[]): Section => {
  const [first] = rungs
  return {
    title: 'The ladder: what each step saves',
    columns: ['step', 'as the source design counts', 'saves', 'with everything', 'saves', 'of the first'],
    rows: rungs.map(({ step, bill }, i) => {
      const before = rungs[i - 1]?.bill
      return [
        step,
        dollars(bill.counted),
        saved(before?.counted, bill.counted),
        dollars(bill.everything),
        saved(before?.everything, bill.everything),
        first ? `${fixed(over(100n * bill.everything, first.bill.everything), 1)} %` : '',
      ]
    }),
    notes: [],
  }
}
