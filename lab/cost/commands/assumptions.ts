import { givens } from '../model/measured.ts'
import type { Section } from '../report/section.ts'

/** `assumptions`: every figure that the model takes as given. */
export const assumptionsCommand = (): Section[] => [
  {
    title: 'What the model takes as given (lab/cost/data/measured.json)',
    columns: ['name', 'value', 'unit', 'standing', 'source', 'date'],
    rows: [...givens].map(([name, { value, unit, standing, source, date }]) => [
      name,
      value,
      unit,
      standing,
      source,
      date,
    ]),
    notes: [
      'assumed: nothing was measured. provisional: measured, to be measured again when the benches are final. documented: a document or the code says so.',
    ],
  },
]
