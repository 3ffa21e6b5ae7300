import { type Bill, billOf } from '../model/bill.ts'
import { type Decimal, decimal, fixed, over } from '../model/decimal.ts'
import type { Question } from '../model/question.ts'
import { hourly } from '../model/traffic.ts'
import { dollars } from '../report/money.ts'
import type { Section } from '../report/section.ts'
import { lean, leanOmissions } from '../stage/lean.ts'
import { withStage } from '../stage/literal.ts'
import { synthesise } from '../stage/synthesise.ts'

const devices = 3_600_000
const best = decimal('1942.74')

/** Aims in dollars a month: counted as the source design does, and with everything. */
export const aims = { counted: decimal(38), everything: decimal(190) }

const against = (counted: Decimal) =>
  counted <= best ? `${fixed(over(best, counted), 1)} times less` : `${fixed(over(counted, best), 1)} times more`

const verdict = (met: boolean) => (met ? 'met' : 'missed')

/** `targets`: the aims for 3.6 million hourly devices, and what the stages cost. */
export const targetsCommand = async ({ catalogue, operations, region }: Question): Promise<Section[]> => {
  const prod = await synthesise('prod')
  const bill = (deployment: typeof prod, callbacks: 'one-by-one' | 'batched') =>
    billOf(deployment, hourly(devices, callbacks), catalogue, operations)
  const bills: Bill[] = [
    bill(withStage(prod, lean), 'batched'),
    bill(withStage(prod, lean), 'one-by-one'),
    bill(prod, 'batched'),
    bill(prod, 'one-by-one'),
  ]
  return [
    {
      title: `Targets at ${devices.toLocaleString('en')} hourly devices, half on Sigfox, ${region}`,
      columns: [
        '',
        'callbacks',
        'as the source design counts',
        'aim 38',
        'against its best',
        'with everything',
        'aim 190',
      ],
      rows: [
        ['source design, table 4.5', 'none', dollars(best), '', '', '', ''],
        ...bills.map(({ deployment, traffic, counted, everything }) => [
          deployment.name,
          traffic.callbacks,
          dollars(counted),
          verdict(counted <= aims.counted),
          against(counted),
          dollars(everything),
          verdict(everything <= aims.everything),
        ]),
      ],
      notes: [
        'Scaleway, table 5.2: 116.00 EUR then, 208.08 EUR today.',
        'As the source design counts: bus, doors, functions and tasks; no database, logs, addresses, endpoints or load balancer hours. Receives, deletes and empty receives are counted here, there they are not.',
        ...leanOmissions.map((each) => `lean leaves out: ${each}.`),
      ],
    },
  ]
}
