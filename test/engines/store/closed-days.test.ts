import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { MessageId } from '../../../core/message/identity.ts'
import type { Lane } from '../../../core/message/lane.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { awkwardNbiot, awkwardSigfox } from '../../support/awkward-log.ts'
import { closeBefore, midnightMs, openDays, readingsKept, whereabouts } from '../../support/closed-days.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { conservation, contents, pipeline, replay } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { seeded, sigfoxUplink } from '../../support/traffic.ts'

let db: TestDatabase
/** Signed in as the workers are. */
let app: pg.Pool
beforeAll(async () => {
  db = await openDatabase()
  app = new pg.Pool({ ...db, connectionString: undefined, user: 'sluice_app' })
})
afterAll(async () => {
  await app.end()
  await db.close()
})
beforeEach(() => openDays(db.pool, 4))

const numRuns = Number(process.env.RUNS ?? 20)
const lanes = ['sigfox', 'nbiot'] as const
const readingsCounted = async (lane: Lane) => (await conservation(db.pool, lane)).flow.readings

/** What `GET /v1/flow` counts of each lane, and what is there to count. */
const counts = async () => [await Promise.all(lanes.map(readingsCounted)), await readingsKept(db.pool)]

/** How many messages with and without a clock are decoded. */
const decodedOf = ({ decoding = [] }: Record<string, string[]>) => {
  const decoded = decoding.filter((row) => row.endsWith(' decoded'))
  const unclocked = decoded.filter((row) => row.startsWith('00000000-0000')).length
  return { clocked: decoded.length - unclocked, unclocked }
}

// around midnight: each device has readings on both sides of the end of a day
const midnight = midnightMs(2) / 1000
const logs: Record<Lane, RawItem[]> = {
  sigfox: awkwardSigfox(seeded(7), midnight + 3 * 3_600, 40),
  nbiot: awkwardNbiot(seeded(8), midnight + 3 * 3_600, 40),
}

const delivery = fc.record({
  seed: fc.integer(),
  copies: fc.constantFrom(0, 0.3, 1),
  batchSize: fc.constantFrom(2, 7, 50),
  closings: fc.constantFrom(0.1, 0.5, 1),
})

for (const lane of lanes)
  test(
    `P9: ${lane}: in whatever order messages come and whenever days are closed, the same readings, events and counts are left`,
    async () => {
      await replay(app, lane, logs[lane])
      const expected = await contents(db.pool)
      const { clocked, unclocked } = decodedOf(expected)
      const folded = expected.reading?.length ?? 0
      expect(expected.event?.length).toBeGreaterThan(3)
      expect(await whereabouts(db.pool)).toMatchObject({ open: clocked, late: unclocked, folded: 0 })
      await fc.assert(
        fc.asyncProperty(delivery, async ({ seed, copies, batchSize, closings }) => {
          await openDays(db.pool, 4)
          const random = seeded(seed)
          const log = random.shuffled([...logs[lane], ...logs[lane].filter(() => random.next() < copies)])
          const topic = memoryStream<MessageId>()
          const { raw, pulse } = pipeline(app, lane, topic)
          for (let at = 0; at < log.length; at += batchSize) {
            await raw(log.slice(at, at + batchSize))
            await pulse(random.shuffled(topic.items.slice(random.below(topic.items.length + 1))))
            if (random.next() < closings) await closeBefore(db.pool, 1 + random.below(3))
          }
          await pulse(random.shuffled(topic.items))
          expect(await contents(db.pool)).toEqual(expected)
          expect((await readingsKept(db.pool))[lane]).toBe(await readingsCounted(lane))
          await closeBefore(db.pool, 1)
          expect(await contents(db.pool)).toEqual(expected)
          expect(await readingsCounted(lane)).toBe(folded)
          expect(await whereabouts(db.pool)).toMatchObject({ open: 0, late: 0, folded })
        }),
        { numRuns, seed: 20_261_123 },
      )
    },
    numRuns * 5_000,
  )

test('P5: what comes again over closed days changes nothing that is read, and the next closing leaves the days as they were', async () => {
  for (const lane of lanes) await replay(app, lane, logs[lane])
  await closeBefore(db.pool, 1)
  const days = async () => (await db.pool.query('SELECT d::text FROM reading_day d ORDER BY 1')).rows
  const look = async () => [await contents(db.pool), await whereabouts(db.pool), await counts(), await days()]
  const decodedCounted = () => Promise.all(lanes.map(async (lane) => (await conservation(db.pool, lane)).flow.decoded))
  const before = await look()
  const [expected, decoded] = [await contents(db.pool), await decodedCounted()]
  for (const lane of lanes) await replay(app, lane, seeded(5).shuffled(logs[lane]), 7)
  expect(await contents(db.pool)).toEqual(expected)
  expect(await decodedCounted()).toEqual(decoded)
  await closeBefore(db.pool, 1)
  expect(await look()).toEqual(before)
})

test('differences beyond four bytes are kept exactly: a counter that jumps, and what is told a month later', async () => {
  const at = midnight - 30 * 86_400
  const told = [1, 2_147_000_000, 7].map((index, n) => sigfoxUplink(1, at + n * 60, index, { seqNumber: n }))
  const late = sigfoxUplink(2, at, 5, { receivedAtMs: midnight * 1000 })
  await replay(app, 'sigfox', [...told, late])
  const expected = await contents(db.pool)
  expect(expected.reading).toHaveLength(8)
  await closeBefore(db.pool, 1)
  expect(await whereabouts(db.pool)).toMatchObject({ late: 0, days: 4, folded: 8 })
  expect(await contents(db.pool)).toEqual(expected)
})

/** One who closes may find that another has dropped the table: it fails, and comes again the next night. */
const metAnother = (error: { code?: string }) => {
  if (error.code !== '42P01') throw error
}

test('workers that write into days while these are closed lose nothing, and meet no deadlock', async () => {
  for (const lane of lanes) await replay(app, lane, logs[lane])
  const expected = await contents(db.pool)
  const folded = expected.reading?.length
  const deadlocks = async () =>
    (await db.pool.query('SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()')).rows[0]
      .deadlocks
  const before = await deadlocks()
  let closings = 0
  for (let round = 0; round < 4; round++) {
    await openDays(db.pool, 4)
    let isOver = false
    const closer = async () => {
      for (; !isOver; closings++) await closeBefore(db.pool, 1 + (closings % 3)).catch(metAnother)
    }
    const workers = lanes.flatMap((lane) =>
      [1, 2, 3].map(async (worker) => {
        const pool = new pg.Pool({ ...db, connectionString: undefined, user: 'sluice_app', max: 1 })
        const random = seeded(round * 10 + worker)
        for (let turn = 0; turn < 2; turn++) await replay(pool, lane, random.shuffled(logs[lane]), 5 + worker)
        await pool.end()
      }),
    )
    const closers = [closer(), closer()]
    await Promise.all(workers).finally(() => {
      isOver = true
    })
    await Promise.all(closers)
    expect(await contents(db.pool)).toEqual(expected)
    await closeBefore(db.pool, 1)
    expect(await contents(db.pool)).toEqual(expected)
    expect(await whereabouts(db.pool)).toMatchObject({ open: 0, late: 0, folded })
    const [counted, kept] = await counts()
    expect(counted).toEqual(Object.values(kept ?? {}))
  }
  expect(closings).toBeGreaterThan(20)
  expect(await deadlocks()).toBe(before)
}, 120_000)
