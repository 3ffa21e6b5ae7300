import { expect, test } from 'vitest'
import { indexAt, type MeterKind, meterKind, meterKinds } from '../../load/plan/meter.ts'

const seed = 7
const dayMs = 86_400
const window = { startSeconds: 1_790_000_000, endSeconds: 1_790_000_000 + 10 * dayMs }
const middle = window.startSeconds + 5 * dayMs
const metersOf = (kind: MeterKind) =>
  Array.from({ length: 5_000 }, (_, meter) => meter).filter((meter) => meterKind(seed, meter) === kind)
const hours = Array.from({ length: 240 }, (_, hour) => window.startSeconds + hour * 3_600)
const shown = (meter: number, bits: 24 | 32 = 32) => hours.map((at) => indexAt(seed, meter, at, bits, window))
const stepsOf = (values: readonly number[]) => values.slice(1).map((value, i) => value - (values[i] ?? 0))

test('every kind of meter is in a fleet', () => {
  for (const kind of meterKinds) expect(metersOf(kind).length, kind).toBeGreaterThan(10)
})

test('a meter counts the water of a day, more in the morning than at night', () => {
  for (const meter of metersOf('plain').slice(0, 50)) {
    const values = shown(meter)
    const steps = stepsOf(values)
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0)
    const perDay = ((values.at(-1) ?? 0) - (values[0] ?? 0)) / 10
    expect(perDay).toBeGreaterThan(110)
    expect(perDay).toBeLessThan(910)
    const inHour = (hour: number) =>
      steps.filter((_, i) => new Date((hours[i] ?? 0) * 1000).getUTCHours() === hour).reduce((a, b) => a + b)
    expect(inHour(7)).toBeGreaterThan(3 * inHour(2))
  }
})

test('a leak never stops, a stopped meter stops, a register starts again at 0, a new meter starts low', () => {
  const [leak = 0] = metersOf('leak')
  const late = stepsOf(shown(leak)).slice(130)
  expect(Math.min(...late)).toBeGreaterThanOrEqual(39)

  const [stopped = 0] = metersOf('stopped')
  const values = shown(stopped)
  expect(new Set(values.slice(121)).size).toBe(1)
  expect(values[100]).toBeLessThan(values[121] ?? 0)

  for (const bits of [24, 32] as const) {
    const [rollover = 0] = metersOf('rollover')
    const turning = shown(rollover, bits)
    expect(Math.max(...turning)).toBeLessThan(2 ** bits)
    expect(turning[0]).toBeGreaterThan(2 ** bits - 10_000)
    expect(turning.at(-1)).toBeLessThan(10_000)
  }

  const [replaced = 0] = metersOf('replaced')
  expect(indexAt(seed, replaced, middle - 1, 32, window)).toBeGreaterThanOrEqual(100_000)
  expect(indexAt(seed, replaced, middle, 32, window)).toBeLessThan(10)
})

test('an index is a whole number of the register, also in the hours before the run', () => {
  for (const kind of meterKinds)
    for (const meter of metersOf(kind).slice(0, 20))
      for (const at of [window.startSeconds - 3_600, window.startSeconds, middle, window.endSeconds]) {
        const index = indexAt(seed, meter, at, 32, window)
        expect(Number.isInteger(index) && index >= 0 && index < 2 ** 32, `${kind} ${meter} at ${at}: ${index}`).toBe(
          true,
        )
      }
})
