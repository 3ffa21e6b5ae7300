import { billOf } from '../model/bill.ts'
import { overloads } from '../model/capacity.ts'
import { type Decimal, decimal, fixed } from '../model/decimal.ts'
import type { Deployment } from '../model/deployment.ts'
import type { Question } from '../model/question.ts'
import type { Traffic } from '../model/traffic.ts'
import type { Section } from '../report/section.ts'
import { variants } from '../stage/variants.ts'

const largest = 200_000_000

/** The smallest fleet from which on `holds` is true. Null if it is false at the largest. */
export const firstFleet = (holds: (devices: Decimal) => boolean): number | null => {
  if (!holds(decimal(largest))) return null
  let below = 0
  let above = largest
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2)
    if (holds(decimal(middle))) above = middle
    else below = middle
  }
  return above
}

/** The fleet from which on `other` costs less than `one`. */
export const breakEven = (one: Deployment, other: Deployment, traffic: Traffic, { catalogue }: Question) =>
  firstFleet((devices) => {
    const cost = (deployment: Deployment) => billOf(deployment, { ...traffic, devices }, catalogue).everything
    return cost(other) < cost(one)
  })

const said = (devices: number | null) => (devices === null ? 'never' : `${devices.toLocaleString('en')} devices`)

/** The most devices that a class of database carries, by CPU. */
const carries = (deployment: Deployment, traffic: Traffic) => {
  const first = firstFleet((devices) =>
    overloads(deployment, { ...traffic, devices }).some((each) => each.startsWith('database')),
  )
  return first === null ? largest : first - 1
}

/** From which fleet on one variant is cheaper than another, and what each class of database carries. */
export const breakEvenSections = (deployment: Deployment, question: Question): Section[] => {
  const kinds = ['one-by-one', 'batched'] as const
  const pairs: [string, Deployment][] = [
    ['Kinesis instead of SQS', variants.kinesis(deployment)],
    ['container instead of function at the Sigfox door', variants.container(deployment)],
  ]
  const classes = ['t4g.micro', 't4g.small', 't4g.medium', 'm7g.large', 'r7g.large']
  return [
    {
      title: 'Break-even: from which fleet on it is cheaper',
      columns: ['', ...kinds.map((kind) => `callbacks ${kind}`)],
      rows: pairs.map(([what, other]) => [
        what,
        ...kinds.map((callbacks) => said(breakEven(deployment, other, { ...question.traffic, callbacks }, question))),
      ]),
      notes: [
        'The container door is not deployable from this repository yet. Streams have as many shards as they need.',
      ],
    },
    {
      title: 'Database classes',
      columns: ['class', '$ a month', 'devices it carries'],
      rows: classes.map((instanceClass) => {
        const sized = { ...deployment, database: { ...deployment.database, instanceClass } }
        const bill = billOf(sized, question.traffic, question.catalogue)
        const line = bill.lines.find(({ key }) => key === `rds.${instanceClass}`)
        return [instanceClass, fixed(line?.amount ?? 0n, 2), carries(sized, question.traffic).toLocaleString('en')]
      }),
      notes: [
        'By 70 % of its steady CPU, and by its steady disk operations once the index outgrows its memory. Larger classes of lib/stage/sizes.ts have no price here.',
      ],
    },
  ]
}
