import { expect, test } from 'vitest'
import { judgeLoudDevice } from '../../load/measure/loud-device.ts'
import { htmlReport } from '../../load/report/page.ts'
import { printReport } from '../../load/report/table.ts'
import { createPhases } from '../../load/sender/phases.ts'
import { stormy } from './report-sample.ts'

const none = { p50: null, p99: null, max: null }
const at = (p50: number, p99: number) => ({ p50, p99, max: 10 * p99 })
const same = { before: at(22, 40), during: at(22, 40) }
const times = { ackMs: same, confirmMs: same, endToEndMs: { before: at(900, 1_500), during: at(910, 1_600) } }

test('unchanged times are not slower, and the sentence has all the figures', () => {
  expect(judgeLoudDevice(times)).toEqual({
    slows: false,
    says: 'One device at 1,000 times the rate does not slow the others: due to answer p50 22 -> 22 ms, due to answer p99 40 -> 40 ms, socket to bus p50 22 -> 22 ms, socket to bus p99 40 -> 40 ms, due to reading p50 900 -> 910 ms, due to reading p99 1,500 -> 1,600 ms.',
  })
})

test('a time is slower if it is more than half as long again and the clock resolves it; only slower ones are named', () => {
  const confirmMs = (p50: number, p99: number) => ({
    ...times,
    confirmMs: { before: at(20, 40), during: at(p50, p99) },
  })
  expect(judgeLoudDevice(confirmMs(35, 65)).slows).toBe(false)
  expect(judgeLoudDevice(confirmMs(35.1, 65))).toMatchObject({
    slows: true,
    says: expect.stringMatching(/took longer: socket to bus p50 20 -> 35\.1 ms; compare/),
  })
  expect(judgeLoudDevice(confirmMs(35, 66)).slows).toBe(true)
  const endToEndMs = { before: at(20, 30), during: at(250, 280) }
  expect(judgeLoudDevice({ ...times, endToEndMs }).slows).toBe(false)
  expect(judgeLoudDevice({ ...times, endToEndMs: { ...endToEndMs, during: at(290, 300) } }).slows).toBe(true)
})

test('the maximum decides nothing, and times that were not measured are left out', () => {
  const confirmMs = { before: at(20, 40), during: { p50: 20, p99: 40, max: 9_000 } }
  expect(judgeLoudDevice({ ...times, confirmMs }).slows).toBe(false)
  const nothing = { before: none, during: at(1, 2) }
  expect(judgeLoudDevice({ ackMs: nothing, confirmMs: nothing, endToEndMs: nothing }).slows).toBeNull()
})

test('times at the start count for the whole run, but for neither phase', () => {
  const phases = createPhases(100_000, 1_000)
  phases.record(24_999, 5_000)
  phases.record(25_000, 20)
  phases.record(49_999, 30)
  phases.record(50_000, 40)
  const { whole, before, during } = phases.read()
  const near = (ms: number) => expect.closeTo(ms, 0)
  expect(before).toMatchObject({ p50: near(20), max: near(30) })
  expect(during).toMatchObject({ p50: near(40), max: near(40) })
  expect(Math.abs((whole.max ?? 0) / 5_000 - 1)).toBeLessThan(0.01)
})

test('page and table have the verdict only where a device was loud', () => {
  const loudDevice = { messages: 83, stored: 82, ...times, ...judgeLoudDevice(times) }
  for (const report of [htmlReport, printReport]) {
    expect(report({ ...stormy, loudDevice })).toContain('does not slow the others')
    expect(report({ ...stormy, loudDevice })).toContain('It sent 83 messages, 82 of them are stored')
    expect(report(stormy)).not.toContain('the others:')
  }
})
