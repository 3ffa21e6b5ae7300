import { expect, test } from 'vitest'
import { comparison } from '../../load/report/comparison.ts'
import { htmlReport } from '../../load/report/page.ts'
import { published, sourceMicros } from '../../load/report/source.ts'
import { printReport } from '../../load/report/table.ts'
import { spansOf } from '../../load/report/timeline.ts'
import { verdictOf } from '../../load/result/fates.ts'
import { share } from '../../load/result/figures.ts'
import { microsOf } from '../../load/result/parts.ts'
import { empty, stormy } from './report-sample.ts'

test('a run that lost nothing holds, in one sentence that names what is unknown', () => {
  expect(verdictOf(stormy)).toEqual({
    holds: true,
    says: 'All 600,000 messages sent are accounted for, 618 of them unknown: none lost, unexpected, duplicated or misread.',
  })
})

test('each fault of the ledger fails the verdict, which names only what is wrong', () => {
  for (const name of ['lost', 'unexpected', 'duplicated', 'misread'])
    expect(verdictOf({ ...stormy, [name]: 2 })).toEqual({
      holds: false,
      says: `Not every message is accounted for: 2 ${name}.`,
    })
})

test('messages that are neither accepted nor refused nor unknown fail the verdict and have a row', () => {
  const result = { ...stormy, accepted: stormy.accepted - 7 }
  expect(verdictOf(result)).toEqual({ holds: false, says: 'Not every message is accounted for: 7 unaccounted.' })
  expect(printReport(result)).toMatch(/! unaccounted\s+7/)
  expect(htmlReport(stormy)).not.toContain('unaccounted')
})

test('counts of the system that do not add up fail the verdict', () => {
  const conservation = stormy.conservation.map((check, i) => ({ ...check, holds: i > 0 }))
  expect(verdictOf({ ...stormy, conservation }).says).toContain('1 of the system’s own counts does not add up')
  expect(verdictOf({ ...stormy, conservation }).holds).toBe(false)
})

test('a run without a message proves nothing', () => {
  expect(verdictOf(empty)).toEqual({ holds: false, says: 'No message was sent, so nothing is proven.' })
})

test.each([
  [97, 60, 'with 97 % of a core of its own while all 2 cores were 60 % busy: the sender was the limit'],
  [11, 96, 'with 11 % of a core of its own while all 2 cores were 96 % busy: the machine was the limit'],
  [11, 60, 'neither was full'],
  [null, null, 'with – of a core of its own while all 2 cores were – busy: neither was full'],
])(
  'a sender that fell behind at %s %% of a core, the machine at %s %%, says who was the limit',
  (own, machine, who) => {
    const sender = { lagMs: 420, ownCorePercent: own, machinePercent: machine, cores: 2 }
    const { says, holds } = verdictOf({ ...stormy, sender })
    expect(holds).toBe(true)
    expect(says).toContain('the sender fell 420 ms behind its plan')
    expect(says).toContain(who)
    expect(verdictOf({ ...stormy, sender: { ...sender, lagMs: 100 } }).says).not.toContain('behind')
  },
)

test('the CPU of the system leaves out the load itself and what stands in for the cloud', () => {
  const { gateway = 0, callback = 0, rawWorker = 0, pulseWorker = 0, database = 0 } = stormy.cpuMicrosPerMessage
  expect(microsOf(stormy, () => true)).toBeCloseTo(gateway + callback + rawWorker + pulseWorker + database)
  expect(microsOf(empty, () => true)).toBeNull()
})

test('table 4.1 read as of one CPU is 1,600 µs a message at the largest fleet', () => {
  expect(published.tables[0].rows.map(sourceMicros)).toEqual(
    [1_600, 1_400, 1_600].map((micros) => expect.closeTo(micros)),
  )
})

test('only rows of the source with the rate of the run are marked', () => {
  const marked = (sendSeconds: number) =>
    comparison({ ...stormy, sendSeconds }).match(/<tr class="same">/g)?.length ?? 0
  expect([600, 6_000, 12_000, 60].map(marked)).toEqual([3, 2, 2, 0])
  expect(comparison({ ...stormy, sendSeconds: 60 })).toContain('No row has that rate')
  expect(comparison({ ...stormy, sendSeconds: 60 })).not.toContain('only the marked rows')
  expect(comparison(empty)).toContain('nothing compares')
})

test('every published cell is on the page', () => {
  const html = comparison(stormy)
  for (const { rows } of published.tables)
    for (const { devices, delivered, invocations } of rows)
      for (const cell of [devices, delivered, invocations])
        if (cell !== null) expect(html).toContain(`>${cell.toLocaleString('en-GB')}<`)
  for (const cell of [
    '8 %',
    '14 %',
    '160 %',
    '35.7 %',
    '55.4 %',
    '140 %',
    '75 %',
    '28 %',
    '33 %',
    '42 %',
    '15 %',
    '150',
  ])
    expect(html).toContain(`>${cell}<`)
})

test('a share reads as 100 % only where it is the whole', () => {
  expect([share(35_999_999, 36_000_000), share(36, 36), share(1, 2), share(0, 0)]).toEqual([
    '99.99 %',
    '100 %',
    '50 %',
    '–',
  ])
})

test('a timeline longer than the picture keeps its totals and its highest backlog', () => {
  const timeline = Array.from({ length: 3_601 }, (_, second) => ({
    second,
    sent: second * 100,
    accepted: second * 100,
    stored: second * 100 - (second === 1_801 ? 5_000 : 0),
    readings: second * 1_200,
    waitingPacks: second === 77 ? 9 : 1,
    oldestPackMs: { raw: second === 99 ? 7_000 : 1_000, pulse: 500 },
  }))
  const spans = spansOf(timeline)
  expect(spans.length).toBeLessThanOrEqual(400)
  expect(spans.reduce((sum, { from, to, sent }) => sum + sent * (to - from), 0)).toBeCloseTo(360_000)
  expect(Math.max(...spans.map(({ backlog }) => backlog))).toBe(5_000)
  expect(Math.max(...spans.map(({ waitingPacks }) => waitingPacks ?? 0))).toBe(9)
  expect(Math.max(...spans.map(({ oldestRawMs }) => oldestRawMs ?? 0))).toBe(7_000)
})
