import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeDays } from '../../adapters/postgres/closed-days/close.ts'
import type { MessageId } from '../../core/identity.ts'
import type { Lane, RawItem } from '../../core/uplink.ts'
import { awkwardNbiot, awkwardSigfox } from '../support/awkward-log.ts'
import { memoryStream } from '../support/memory-stream.ts'
import { clear, conservation, contents, pipeline, replay } from '../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../support/postgres.ts'
import { seeded } from '../support/traffic.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())

const dayMs = 86_400_000
const today = Math.floor(Date.now() / dayMs) * dayMs
const numRuns = Number(process.env.RUNS ?? 30)

/** As a database that was never closed: the days before these are written late anyway. */
const openFrom = async (daysAgo: number) => {
  await clear(db.pool)
  await db.pool.query('UPDATE closed_days SET before = $1', [new Date(today - daysAgo * dayMs).toISOString()])
  await db.pool.query('SELECT ensure_open_days(3)')
}
beforeEach(() => openFrom(4))

/** Closes all days before `daysAgo`. */
const close = (daysAgo: number) => closeDays(db.pool, 60_000, today - (daysAgo - 1) * dayMs)

const counts = async () => {
  const { rows } = await db.pool.query<Record<'open' | 'late' | 'days' | 'folded' | 'notes', number>>(
    `SELECT (SELECT count(*)::int FROM reading) AS open, (SELECT count(*)::int FROM reading_late) AS late,
       (SELECT count(*)::int FROM reading_day) AS days, (SELECT coalesce(sum(cardinality(at)), 0)::int FROM reading_day) AS folded,
       (SELECT count(*)::int FROM reopened_day) AS notes`,
  )
  return rows[0]
}

// around midnight: each device has readings on both sides of the end of a day
const midnight = (today - 2 * dayMs) / 1000
const logs: Record<Lane, RawItem[]> = {
  sigfox: awkwardSigfox(seeded(7), midnight + 3 * 3_600, 40),
  nbiot: awkwardNbiot(seeded(8), midnight + 3 * 3_600, 40),
}

const delivery = fc.record({
  seed: fc.integer(),
  copies: fc.constantFrom(0, 0.3, 1),
  batchSize: fc.constantFrom(1, 7, 50),
  closings: fc.constantFrom(0.1, 0.5, 1),
})

for (const lane of ['sigfox', 'nbiot'] as const)
  test(
    `P9: ${lane}: in whatever order messages come, and whenever days are closed, the same readings, events and counts are left`,
    async () => {
      await replay(db.pool, lane, logs[lane])
      const expected = await contents(db.pool)
      const { flow } = await conservation(db.pool, lane)
      expect(expected.event?.length).toBeGreaterThan(3)
      expect(await counts()).toMatchObject({ days: 0, late: 0, open: expected.reading?.length })
      await fc.assert(
        fc.asyncProperty(delivery, async ({ seed, copies, batchSize, closings }) => {
          await openFrom(4)
          const random = seeded(seed)
          const log = random.shuffled([...logs[lane], ...logs[lane].filter(() => random.next() < copies)])
          const topic = memoryStream<MessageId>()
          const { raw, pulse } = pipeline(db.pool, lane, topic)
          for (let at = 0; at < log.length; at += batchSize) {
            await raw(log.slice(at, at + batchSize))
            await pulse(random.shuffled(topic.items.slice(random.below(topic.items.length + 1))))
            if (random.next() < closings) await close(1 + random.below(3))
          }
          await pulse(random.shuffled(topic.items))
          expect(await contents(db.pool)).toEqual(expected)
          expect((await conservation(db.pool, lane)).flow.readings).toBe(flow.readings)
          await close(1)
          expect(await counts()).toMatchObject({ open: 0, late: 0, folded: expected.reading?.length, notes: 0 })
          expect(await contents(db.pool)).toEqual(expected)
        }),
        { numRuns, seed: 20_261_123 },
      )
    },
    numRuns * 3_000,
  )

test('P5: replaying everything over closed days changes nothing, counts nothing and opens none of them', async () => {
  for (const lane of ['sigfox', 'nbiot'] as const) await replay(db.pool, lane, logs[lane])
  await close(1)
  const before = { kept: await contents(db.pool), counts: await counts(), flow: await conservation(db.pool, 'nbiot') }
  for (const lane of ['sigfox', 'nbiot'] as const) await replay(db.pool, lane, seeded(5).shuffled(logs[lane]), 7)
  expect(await contents(db.pool)).toEqual(before.kept)
  expect(await counts()).toEqual(before.counts)
  expect((await conservation(db.pool, 'nbiot')).flow.readings).toEqual(before.flow.flow.readings)
})
