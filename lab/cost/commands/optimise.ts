import { fixed } from '../model/decimal.ts'
import type { Question } from '../model/question.ts'
import { breakEvenSections } from '../optimise/break-even.ts'
import { storedWithin } from '../optimise/latency.ts'
import { savingsSection } from '../optimise/savings.ts'
import { search } from '../optimise/search.ts'
import { stageText } from '../optimise/stage-text.ts'
import { billSection } from '../report/bill.ts'
import { dollars } from '../report/money.ts'
import type { Section } from '../report/section.ts'
import { synthesise } from '../stage/synthesise.ts'

/** `optimise`: the cheapest stage for a fleet as a literal, its bill, and what would save more. */
export const optimiseCommand = async (question: Question): Promise<Section[]> => {
  const base = await synthesise('prod')
  const found = search(base, question)
  const { stage, bill } = found
  const { demands, traffic } = question
  const dominant = bill.lines.reduce((a, b) => (b.amount > a.amount ? b : a))
  return [
    {
      title: `The cheapest stage that stores within ${fixed(demands.latencySeconds, 0)} s, in ${demands.zones} zones${demands.multiAz ? ', with a standby of the database' : ''}, raw messages for ${demands.rawDays} days`,
      columns: [],
      rows: [],
      notes: [
        ...stageText(stage).split('\n'),
        '',
        `p99 from accepted to stored: ${fixed(storedWithin(bill.deployment, traffic), 1)} s.`,
        `Largest line: ${dominant.key}, ${dollars(dominant.amount)} of ${dollars(bill.everything)}.`,
      ],
    },
    billSection(bill),
    savingsSection(base, found, question),
    ...breakEvenSections(bill.deployment, question),
  ]
}
