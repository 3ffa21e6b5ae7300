import { figure, percent } from './figures.ts'

/** CPU at a rate, in percent of one core. */
export interface Point {
  readonly rate: number
  readonly corePercent: number
}

/** A fixed cost, and what each message adds. */
export interface Line {
  readonly fixedPercent: number
  readonly microsPerMessage: number
  /** The largest distance of a point from the line, in percent of the line. */
  readonly deviationPercent: number
}

const microsOfPercent = 10_000
/** A point this close is on the line. */
const nearPercent = 25

export const onLine = ({ fixedPercent, microsPerMessage }: Line, rate: number): number =>
  fixedPercent + (microsPerMessage / microsOfPercent) * rate

/** Least squares of relative distances, so that a small fleet counts as much as a large one. */
export const fitLine = (points: readonly Point[]): Line | null => {
  const weighed = points
    .filter(({ corePercent }) => corePercent > 0)
    .map((one) => ({ ...one, w: one.corePercent ** -2 }))
  const sum = (of: (one: (typeof weighed)[number]) => number) =>
    weighed.reduce((total, one) => total + one.w * of(one), 0)
  const [w, x, y] = [sum(() => 1), sum(({ rate }) => rate), sum(({ corePercent }) => corePercent)]
  const [xx, xy] = [sum(({ rate }) => rate ** 2), sum(({ rate, corePercent }) => rate * corePercent)]
  const spread = w * xx - x * x
  if (new Set(weighed.map(({ rate }) => rate)).size < 2 || spread <= 0) return null
  const slope = (w * xy - x * y) / spread
  const line = { fixedPercent: (y - slope * x) / w, microsPerMessage: slope * microsOfPercent, deviationPercent: 0 }
  const distances = weighed.map(({ rate, corePercent }) => Math.abs(100 * (corePercent / onLine(line, rate) - 1)))
  return { ...line, deviationPercent: Math.max(...distances) }
}

/** What one more message costs between neighbouring sizes, in microseconds. */
const marginalMicros = (points: readonly Point[]): number[] => {
  const ordered = points.toSorted((a, b) => a.rate - b.rate)
  return ordered.slice(1).map(({ rate, corePercent }, i) => {
    const { rate: before = 0, corePercent: costBefore = 0 } = ordered[i] ?? {}
    return ((corePercent - costBefore) / (rate - before)) * microsOfPercent
  })
}

/** Whether CPU grows linearly with the rate, in a sentence with the figures. */
export const judgeGrowth = (points: readonly Point[]): { isLinear: boolean | null; says: string } => {
  const line = fitLine(points)
  if (line === null || points.length < 3)
    return { isLinear: null, says: 'How CPU grows takes three sizes or more to say: any two lie on a line.' }
  const { fixedPercent, microsPerMessage, deviationPercent } = line
  const law = `${percent(fixedPercent)} of a core at any rate and ${figure(microsPerMessage)} µs a message`
  if (deviationPercent <= nearPercent)
    return {
      isLinear: true,
      says: `CPU grows linearly: ${law} say what every size costs to ${percent(deviationPercent)}.`,
    }
  const marginal = marginalMicros(points)
  const [before = 0, last = 0] = marginal.slice(-2)
  const how = last > before ? 'faster than linearly' : 'more slowly than linearly'
  return {
    isLinear: false,
    says: `CPU grows ${how}: a message more costs ${marginal.map(figure).join(', then ')} µs from one size to the next; a line of ${law} is wrong by up to ${percent(deviationPercent)}.`,
  }
}
