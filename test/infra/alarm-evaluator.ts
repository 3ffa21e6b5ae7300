/**
 * CloudWatch's rules for a metric alarm, as its user guide describes them (*Configuring how CloudWatch alarms treat missing
 * data*). A period without data is null; the newest is last.
 */

export type Series = readonly (number | null)[]
export type State = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

/** An alarm's rule, named as in the template. */
export interface Rule {
  readonly ComparisonOperator: string
  readonly Threshold: number
  readonly EvaluationPeriods: number
  readonly DatapointsToAlarm: number
  readonly TreatMissingData: string
}

const isBeyond = ({ ComparisonOperator, Threshold }: Rule, value: number) =>
  ComparisonOperator === 'GreaterThanThreshold' ? value > Threshold : value < Threshold

/** The guide shows two more than the evaluation periods, and publishes no rule for other numbers of periods. */
const rangeOf = ({ EvaluationPeriods }: Rule) => EvaluationPeriods + 2

/** The state after the newest period of the series. Null: the alarm keeps its state. */
export const evaluate = (rule: Rule, series: Series): State | null => {
  const { EvaluationPeriods: of, DatapointsToAlarm: beyond, TreatMissingData: missing } = rule
  const range = series.slice(-rangeOf(rule))
  const real = range.flatMap((value, i) =>
    value === null ? [] : { age: range.length - i, isBad: isBeyond(rule, value) },
  )
  // periods that are missing are skipped as long as there are older ones to take instead
  const used = real.slice(-of)
  const bad = used.filter(({ isBad }) => isBad).length
  const filled = Math.max(0, of - used.length)
  if (filled === 0) return bad >= beyond ? 'ALARM' : 'OK'
  if (missing === 'breaching') return bad + filled >= beyond ? 'ALARM' : 'OK'
  if (missing === 'notBreaching' || bad >= beyond) return bad >= beyond ? 'ALARM' : 'OK'
  const [oldest] = used
  if (oldest === undefined) return missing === 'ignore' ? null : 'INSUFFICIENT_DATA'
  const isPremature = bad === used.length && oldest.age >= beyond
  if (isPremature) return missing === 'ignore' ? null : 'ALARM'
  return 'OK'
}

/** The periods at whose end the alarm is raised, counted from 0. It evaluates once a period, on what is there by then. */
export const raisedAt = (rule: Rule, series: Series): number[] =>
  series.flatMap((_, i) => {
    const from = i + 1 - rangeOf(rule)
    return from >= 0 && evaluate(rule, series.slice(from, i + 1)) === 'ALARM' ? i : []
  })
