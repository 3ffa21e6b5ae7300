import { describe, expect, test } from 'vitest'
import { evaluate, type Rule, raisedAt, type Series, type State } from './alarm-evaluator.ts'
import { expressionOf } from './metric-math.ts'

const rule = (beyond: number, of: number, missing = 'missing'): Rule => ({
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 1,
  DatapointsToAlarm: beyond,
  EvaluationPeriods: of,
  TreatMissingData: missing,
})
/** The guide writes 0 for a good period, X for a bad one, - for none. */
const read = (text: string): Series => text.split(' ').map((one) => (one === '-' ? null : one === 'X' ? 2 : 0))

const treatments = ['missing', 'ignore', 'breaching', 'notBreaching']

type Row = [series: string, ...(State | null)[]]

describe.each([
  {
    beyond: 3,
    of: 3,
    rows: [
      ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
      ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
      ['- - - - -', 'INSUFFICIENT_DATA', null, 'ALARM', 'OK'],
      ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['- - X - -', 'ALARM', null, 'ALARM', 'OK'],
    ] satisfies Row[],
  },
  {
    beyond: 2,
    of: 3,
    rows: [
      ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
      ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
      ['- - - X -', 'ALARM', null, 'ALARM', 'OK'],
    ] satisfies Row[],
  },
])('the example of the user guide for $beyond of $of periods', ({ beyond, of, rows }) => {
  test.each(rows as Row[])('%s', (text, ...states) => {
    expect(treatments.map((missing) => evaluate(rule(beyond, of, missing), read(text)))).toEqual(states)
  })
})

test('one bad period that is followed by nothing is not yet an alarm, also where missing data is missing', () => {
  expect(evaluate(rule(3, 3), read('- - - - X'))).toBe('OK')
  expect(evaluate(rule(3, 3), read('- - - X -'))).toBe('OK')
})

test('an alarm is raised as long as enough periods are bad', () => {
  expect(raisedAt(rule(2, 3, 'notBreaching'), read('0 0 0 0 0 X X 0 0 0'))).toEqual([6, 7])
})

test.each([
  ['100 * part / total', { part: [1, null, 0], total: [4, 5, 0] }, [25, null, null]],
  ['IF(total > 20, 100 * part / total, 0)', { part: [1, 1], total: [2, 50] }, [0, 2]],
  ['IF(FILL(done, 0) == 0, oldest, 0)', { done: [null, 3, null], oldest: [400, 400, null] }, [400, 0, null]],
  ['MIN([FILL(a, 0), FILL(b, 0)])', { a: [1, null], b: [2, 2] }, [1, 0]],
  ['SUM([FILL(a, 0), FILL(b, 0)])', { a: [1, null], b: [2, 2] }, [3, 2]],
  ['(FILL(a, 0) + FILL(b, 0)) / (a + 1000)', { a: [1000], b: [1000] }, [1]],
] as const)('metric math: %s', (expression, series, expected) => {
  expect(expressionOf(expression, series)).toEqual(expected)
})
