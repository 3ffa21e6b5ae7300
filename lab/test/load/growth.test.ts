import { expect, test } from 'vitest'
import { growthPage } from '../../load/report/growth-page.ts'
import { printGrowth } from '../../load/report/growth-table.ts'
import { fitLine, judgeGrowth, type Point } from '../../load/result/line.ts'

const rates = [0.28, 28, 1_000, 10_000]
const points = (corePercentAt: (rate: number) => number): Point[] =>
  rates.map((rate) => ({ rate, corePercent: corePercentAt(rate) }))
/** 3 % of a core at any rate, and 200 µs a message. */
const linear = points((rate) => 3 + 0.02 * rate)

test('growth with a fixed cost and a cost for each message is linear, and both costs are found', () => {
  const line = fitLine(linear)
  expect(line?.fixedPercent).toBeCloseTo(3)
  expect(line?.microsPerMessage).toBeCloseTo(200)
  expect(line?.deviationPercent).toBeCloseTo(0)
  expect(judgeGrowth(linear)).toEqual({
    isLinear: true,
    says: expect.stringMatching(/^CPU grows linearly: 3 % of a core at any rate and 200 µs a message say /),
  })
})

test('growth is still linear if figures scatter by a tenth, and the sentence has the largest distance', () => {
  const scattered = linear.map(({ rate, corePercent }, i) => ({ rate, corePercent: corePercent * (i % 2 ? 1.1 : 0.9) }))
  const { isLinear, says } = judgeGrowth(scattered)
  expect(isLinear).toBe(true)
  const [, distance] = /to ([\d.]+) %\.$/.exec(says) ?? []
  expect(Number(distance)).toBeGreaterThan(5)
  expect(Number(distance)).toBeLessThan(25)
})

test('growth with the square of the rate is faster than linear, growth with cheaper messages is slower', () => {
  expect(judgeGrowth(points((rate) => 3 + rate ** 2 / 50_000))).toMatchObject({
    isLinear: false,
    says: expect.stringMatching(/^CPU grows faster than linearly: a message more costs /),
  })
  expect(judgeGrowth(points((rate) => 3 + rate ** 0.7))).toMatchObject({
    isLinear: false,
    says: expect.stringMatching(/^CPU grows more slowly than linearly: /),
  })
})

test('two sizes always lie on a line, so they prove nothing', () => {
  expect(judgeGrowth(linear.slice(0, 2)).isLinear).toBeNull()
  expect(fitLine([])).toBeNull()
  expect(fitLine([linear[0], linear[0]].filter((one) => one !== undefined))).toBeNull()
})

const growth = {
  plan: { minutes: 1, speed: 1, sigfoxShare: 50, sigfoxBatches: true, seed: 1, bus: '<sqs>' },
  idlePercent: { gateway: 0.5, database: 0.25 },
  sizes: linear.map(({ rate, corePercent }, i) => ({
    devices: Math.round(rate * 3_600),
    messagesPerSecond: rate,
    sent: Math.round(rate * 60),
    isEven: i !== 1,
    says: `run ${i}`,
    cpuMicrosPerMessage: { gateway: 10, database: (corePercent * 10_000) / rate - 10, upkeep: 0 },
    microsPerMessage: (corePercent * 10_000) / rate,
    corePercent,
    dollars: { aMonth: 200 + rate, isCarried: i < 3 },
  })),
  line: fitLine(linear),
  ...judgeGrowth(linear),
}

test('every size has a row: rate, CPU by part, the fixed share, dollars, and whether the stage can carry it', () => {
  const lines = printGrowth(growth).split('\n')
  const rowOf = (devices: string) => lines.find((line) => line.trimStart().startsWith(`${devices} `)) ?? ''
  expect(lines[0]).toMatch(/devices +messages\/s +database, µs +gateway, µs +all, µs a message/)
  expect(rowOf('idle')).toContain('0.75 %')
  expect(rowOf('3,600,000').split(/ {2,}/).slice(1)).toEqual([
    '1,000',
    '220',
    '10',
    '230',
    '23 %',
    '13 %',
    '1,200',
    '0.000333',
  ])
  expect(rowOf('36,000,000')).toContain('10,200 *')
  expect(printGrowth(growth)).toMatch(/! 100,800: run 1\n/)
  expect(printGrowth(growth).trimEnd().endsWith(growth.says)).toBe(true)
})

test('the page shows every size in the chart and in the table, and only valid numbers', () => {
  const html = growthPage(growth)
  expect(html.match(/<circle /g)).toHaveLength(4)
  expect(html.match(/<tr>/g)).toHaveLength(6)
  expect(html).not.toMatch(/NaN|Infinity|undefined|null|<sqs>/)
  expect(html).toContain('100,800 devices: run 1')
  expect(growthPage({ ...growth, sizes: [], line: null, idlePercent: {} })).toContain('Not measured.')
})
