import { type Bill, billOf } from '../model/bill.ts'
import type { Deployment } from '../model/deployment.ts'
import type { Question } from '../model/question.ts'
import type { Traffic } from '../model/traffic.ts'
import { lean } from './lean.ts'
import { withStage } from './literal.ts'
import { variants } from './variants.ts'

/** A step towards the cheapest deployment: what changes, and the bill after it. */
export interface Rung {
  readonly step: string
  readonly bill: Bill
}

/** From one message a record and one callback a message down to `lean`, one change at a time. */
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
