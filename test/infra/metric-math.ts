import type { Series } from './alarm-evaluator.ts'

type Value = number
/** Missing data is NaN on the way: every operation with it is NaN again, as CloudWatch leaves the period out. */
const functions: Record<string, (args: readonly Value[]) => Value> = {
  FILL: ([value = Number.NaN, otherwise = Number.NaN]) => (Number.isNaN(value) ? otherwise : value),
  IF: ([condition = Number.NaN, yes = Number.NaN, no = Number.NaN]) =>
    Number.isNaN(condition) ? Number.NaN : condition === 0 ? no : yes,
  MIN: (args) => Math.min(...args),
  SUM: (args) => args.reduce((sum, each) => sum + each, 0),
}

const compare = (holds: boolean, a: Value, b: Value) => (Number.isNaN(a + b) ? Number.NaN : Number(holds))
const operators: readonly Record<string, (a: Value, b: Value) => Value>[] = [
  { '==': (a, b) => compare(a === b, a, b), '>': (a, b) => compare(a > b, a, b), '<': (a, b) => compare(a < b, a, b) },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => (b === 0 ? Number.NaN : a / b) },
]

/** One period of an expression, of the part of metric math that our alarms use. */
const evaluateAt = (tokens: readonly string[], valueNamed: (name: string) => Value): Value => {
  let at = 0
  const listUntil = (end: string): Value[] => {
    const values: Value[] = []
    while (tokens[at] !== end) {
      if (tokens[at] === ',') at++
      if (tokens[at] === '[') {
        at++
        values.push(...listUntil(']'))
      } else values.push(binary(0))
    }
    at++
    return values
  }
  const operand = (): Value => {
    const token = tokens[at++] ?? ''
    if (token === '(') return listUntil(')')[0] ?? Number.NaN
    if (/^\d/.test(token)) return Number(token)
    if (tokens[at] !== '(') return valueNamed(token)
    at++
    const call = functions[token]
    if (!call) throw new Error(`${token} is a function of metric math that this test does not know`)
    return call(listUntil(')'))
  }
  const binary = (level: number): Value => {
    const known = operators[level]
    if (!known) return operand()
    let left = binary(level + 1)
    for (let apply = known[tokens[at] ?? '']; apply; apply = known[tokens[at] ?? '']) {
      at++
      left = apply(left, binary(level + 1))
    }
    return left
  }
  return binary(0)
}

/** The series of an expression over series of one length. */
export const expressionOf = (expression: string, series: Readonly<Record<string, Series>>): Series => {
  const tokens = expression.match(/[A-Za-z_]\w*|\d+(\.\d+)?|==|[-+*/<>(),[\]]/g) ?? []
  const length = Math.max(...Object.values(series).map((each) => each.length))
  return Array.from({ length }, (_, i) => {
    const value = evaluateAt(tokens, (name) => {
      if (!(name in series)) throw new Error(`${expression} has no metric ${name}`)
      return series[name]?.[i] ?? Number.NaN
    })
    return Number.isFinite(value) ? value : null
  })
}
