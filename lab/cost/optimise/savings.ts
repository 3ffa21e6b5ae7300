import { billOf } from '../model/bill.ts'
import { type Decimal, decimal, times } from '../model/decimal.ts'
import type { Deployment } from '../model/deployment.ts'
import type { Demands, Question } from '../model/question.ts'
import { dollars } from '../report/money.ts'
import type { Section } from '../report/section.ts'
import { variants } from '../stage/variants.ts'
import { type Found, search } from './search.ts'

interface Saving {
  readonly what: string
  readonly saved: Decimal
}

/** What giving up a demand would save, or a variant that cannot be deployed yet. The largest saving comes first. */
const savingsOf = (base: Deployment, found: Found, question: Question): Saving[] => {
  const { bill } = found
  const { demands, traffic, catalogue, operations } = question
  const relaxed = (what: string, changed: Partial<Demands>): Saving => ({
    what,
    saved: bill.everything - search(base, { ...question, demands: { ...demands, ...changed } }).bill.everything,
  })
  const other = (what: string, deployment: Deployment): Saving => ({
    what,
    saved: bill.everything - billOf(deployment, traffic, catalogue, operations).everything,
  })
  return [
    relaxed('no standby of the database', { multiAz: false }),
    relaxed('a task in one zone only', { zones: 1 }),
    relaxed('twice the latency', { latencySeconds: times(demands.latencySeconds, decimal(2)) }),
    relaxed('raw messages for half as long', { rawDays: Math.max(1, Math.floor(demands.rawDays / 2)) }),
    {
      what: 'batched callbacks',
      saved:
        bill.everything -
        billOf(bill.deployment, { ...traffic, callbacks: 'batched' }, catalogue, operations).everything,
    },
    other('a container at the Sigfox door (not deployable yet)', variants.container(bill.deployment)),
  ]
    .filter(({ saved }) => saved > 0n)
    .sort((a, b) => (a.saved > b.saved ? -1 : 1))
}

export const savingsSection = (base: Deployment, found: Found, question: Question): Section => ({
  title: 'The next saving',
  columns: ['what', '$ a month'],
  rows: savingsOf(base, found, question).map(({ what, saved }) => [what, dollars(saved)]),
  notes: [],
})
