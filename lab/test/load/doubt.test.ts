import { expect, test } from 'vitest'
import { createMetrics } from '../../../door/metrics.ts'
import { createTally } from '../../../door/tally.ts'
import { parseScrape, type Scrape } from '../../ledger/scrape.ts'
import { confirmPercentiles } from '../../load/measure/confirm.ts'
import { doubtsOf, totalsOf } from '../../load/measure/doubt.ts'

const scrapeAt = (second: number, counts: Partial<Scrape> = {}): Scrape => ({
  atMs: second * 1_000,
  answeredAtMs: second * 1_000 + 10,
  received: 0,
  accepted: 0,
  rejected: 0,
  shed: 0,
  kernelDrops: 0,
  publishFailures: 0,
  confirmedWithin: new Map(),
  ...counts,
})
/** 100 datagrams a second, all but the last few settled. */
const steady = (from: number, to: number, born = 0): Scrape[] =>
  Array.from({ length: to - from }, (_, i) => {
    const received = 100 * (from + i - born)
    return scrapeAt(from + i, { received, accepted: Math.max(0, received - 5) })
  })

test('there is no doubt while one process answers and drops nothing', () => {
  expect(doubtsOf(steady(0, 20), true)).toEqual([])
})

test('after a restart the doubt begins shortly before the last scrape of the old process and ends when the new one answers', () => {
  const [doubt, ...others] = doubtsOf([...steady(0, 11), ...steady(13, 20, 12)], true)
  expect(others).toEqual([])
  expect(doubt?.toMs).toBe(13_010)
  expect(doubt?.fromMs).toBeGreaterThanOrEqual(7_000)
  expect(doubt?.fromMs).toBeLessThanOrEqual(9_000)
})

test('datagrams that the bus had not taken when the process died are in doubt, however long they were held', () => {
  const stuck = Array.from({ length: 6 }, (_, i) =>
    scrapeAt(5 + i, { received: 100 * (5 + i), accepted: 495, publishFailures: i }),
  )
  const [doubt] = doubtsOf([...steady(0, 5), ...stuck, ...steady(13, 16, 12)], true)
  expect(doubt?.fromMs).toBeLessThanOrEqual(4_000)
})

test('a pack that the bus keeps refusing is in doubt, although others overtake it', () => {
  const refused = steady(0, 11).map((one, i) => (i >= 4 ? { ...one, publishFailures: i } : one))
  const [doubt] = doubtsOf([...refused, ...steady(13, 16, 12)], true)
  expect(doubt?.fromMs).toBeLessThanOrEqual(0)
})

test('datagrams that the kernel dropped or the door shed put only their time in doubt', () => {
  const drops = steady(0, 20).map((one, i) => (i >= 10 ? { ...one, kernelDrops: 3 } : one))
  expect(doubtsOf(drops, true)).toEqual([{ fromMs: 8_000, toMs: 10_010 }])
  const shed = steady(0, 20).map((one, i) => (i >= 10 ? { ...one, shed: 1 } : one))
  expect(doubtsOf(shed, true)).toHaveLength(1)
})

test('a gateway that does not answer at the end leaves the whole end in doubt', () => {
  expect(doubtsOf(steady(0, 10), false)).toEqual([{ fromMs: expect.any(Number), toMs: Number.POSITIVE_INFINITY }])
})

test('counts add up over processes, without what was counted before the run', () => {
  const before = scrapeAt(0, { received: 50, accepted: 50 })
  const scrapes = [before, scrapeAt(1, { received: 150, accepted: 150 }), scrapeAt(2, { received: 20, accepted: 20 })]
  expect(totalsOf(scrapes)).toMatchObject({ processes: 2, received: 120, accepted: 120 })
})

test('percentiles of the gateway’s histogram lie within their buckets', () => {
  const text = [
    '# HELP sluice_receive_to_confirmed_seconds x',
    'sluice_receive_to_confirmed_seconds_bucket{le="0.01"} 0',
    'sluice_receive_to_confirmed_seconds_bucket{le="0.025"} 60',
    'sluice_receive_to_confirmed_seconds_bucket{le="0.05"} 99',
    'sluice_receive_to_confirmed_seconds_bucket{le="0.1"} 100',
    'sluice_receive_to_confirmed_seconds_bucket{le="+Inf"} 100',
    'sluice_received_total 103',
    'sluice_rejected_total{reason="unknown_datagram",recorded="true"} 2',
    'sluice_rejected_total{reason="unknown_datagram",recorded="false"} 1',
  ].join('\n')
  const scrape = parseScrape(text, 0, 1)
  expect(scrape).toMatchObject({ received: 103, rejected: 3 })
  const { p50, p99, max } = confirmPercentiles(totalsOf([scrapeAt(0), scrape]))
  expect(p50).toBeCloseTo(22.5)
  expect(p99).toBe(50)
  expect(max).toBe(100)
})

const held = { items: 0, bytes: 0, owedSinceMs: null, confirmedAtMs: null }

/** Percentiles of delays in milliseconds, read through the gateway's own metrics. */
const scrapedPercentiles = async (delaysMs: readonly number[]) => {
  const metrics = createMetrics({ tally: createTally(), packs: () => 0, held, healthy: () => true })
  const before = parseScrape(await metrics.text(), 0, 1)
  for (const ms of delaysMs) metrics.confirmed(ms / 1_000)
  return confirmPercentiles(totalsOf([before, parseScrape(await metrics.text(), 2, 3)]))
}

test('from 20 to 180 ms a percentile of the gateway’s histogram is accurate to a third', async () => {
  for (let slowest = 20; slowest <= 180; slowest += 4) {
    const { p99 } = await scrapedPercentiles([...Array(950).fill(5), ...Array(50).fill(slowest)])
    expect(Math.abs((p99 ?? 0) / slowest - 1), `${slowest} ms`).toBeLessThan(0.34)
  }
})

test('the histogram tells exactly whether 99 of 100 took less than 50 ms', async () => {
  expect((await scrapedPercentiles([...Array(980).fill(21), ...Array(20).fill(49)])).p99).toBeLessThan(50)
  expect((await scrapedPercentiles([...Array(980).fill(21), ...Array(20).fill(51)])).p99).toBeGreaterThan(50)
})
