import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MessageId } from '../../../core/message/identity.ts'
import type { Lane } from '../../../core/message/lane.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { awkwardNbiot, awkwardSigfox } from '../../support/awkward-log.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { clear, conservation, contents, pipeline, replay } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { seeded } from '../../support/traffic.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())

const now = Math.floor(Date.now() / 3_600_000) * 3_600 - 3_600
const logs: Record<Lane, RawItem[]> = {
  sigfox: awkwardSigfox(seeded(7), now, 40),
  nbiot: awkwardNbiot(seeded(8), now, 40),
}

const numRuns = Number(process.env.RUNS ?? 30)

/** A delivery of a log: its order, which items come again, and where it is cut into batches. */
const delivery = fc.record({
  seed: fc.integer(),
  copies: fc.constantFrom(0, 0.3, 1),
  batchSize: fc.constantFrom(1, 2, 7, 50, 1_000),
  pulseBatchSize: fc.constantFrom(1, 3, 20, 1_000),
})

for (const lane of ['sigfox', 'nbiot'] as const)
  test(
    `P9: ${lane}: any order, any duplicates and any batch cuts leave the same rows`,
    async () => {
      await clear(db.pool)
      await replay(db.pool, lane, logs[lane])
      const expected = await contents(db.pool)
      expect(expected.event?.length).toBeGreaterThan(3)
      expect(expected.reading?.length).toBeGreaterThan(10)

      await fc.assert(
        fc.asyncProperty(delivery, async ({ seed, copies, batchSize, pulseBatchSize }) => {
          const random = seeded(seed)
          const again = logs[lane].filter(() => random.next() < copies)
          const log = random.shuffled([...logs[lane], ...again])
          await clear(db.pool)
          const topic = memoryStream<MessageId>()
          const { raw, pulse } = pipeline(db.pool, lane, topic)
          let taken = 0
          // the two stages interleave, as they do when both run
          for (let at = 0; at < log.length; at += batchSize) {
            await raw(log.slice(at, at + batchSize))
            if (random.next() < 0.5) {
              await pulse(random.shuffled(topic.items.slice(taken)))
              taken = topic.items.length
            }
          }
          const rest = random.shuffled(topic.items)
          for (let at = 0; at < rest.length; at += pulseBatchSize) await pulse(rest.slice(at, at + pulseBatchSize))
          expect(await contents(db.pool)).toEqual(expected)
        }),
        { numRuns, seed: 20_261_123 },
      )
    },
    numRuns * 1_000,
  )

test('P5: replaying everything three times, shuffled, changes nothing', async () => {
  await clear(db.pool)
  for (const lane of ['sigfox', 'nbiot'] as const) await replay(db.pool, lane, logs[lane])
  const first = await contents(db.pool)
  for (const seed of [1, 2, 3])
    for (const lane of ['sigfox', 'nbiot'] as const) await replay(db.pool, lane, seeded(seed).shuffled(logs[lane]), 17)
  expect(await contents(db.pool)).toEqual(first)
})

test('P37: after four deliveries the flow counts each message once, and the copies as duplicates', async () => {
  for (const lane of ['sigfox', 'nbiot'] as const) {
    const { flow, tables } = await conservation(db.pool, lane)
    expect(flow.received).toBe(4 * logs[lane].length)
    expect(flow.received).toBe((flow.stored ?? 0) + (flow.duplicates ?? 0) + (flow.rejected ?? 0))
    expect(tables).toEqual({
      stored: flow.stored,
      decoded: flow.decoded,
      undecoded: flow.undecoded,
      pending: 0,
    })
  }
})

test('P12: batches of 1, 10, 100, 1,000 and 10,000 leave the same rows', async () => {
  const log = awkwardSigfox(seeded(12), now, 2_500)
  let expected: Record<string, string[]> | null = null
  for (const batchSize of [10_000, 1_000, 100, 10, 1]) {
    await clear(db.pool)
    await replay(db.pool, 'sigfox', batchSize === 1 ? log.slice(0, 400) : log, batchSize)
    if (batchSize === 1) {
      const small = await contents(db.pool)
      await clear(db.pool)
      await replay(db.pool, 'sigfox', log.slice(0, 400), 10_000)
      expect(small).toEqual(await contents(db.pool))
    } else if (expected === null) expected = await contents(db.pool)
    else expect(await contents(db.pool)).toEqual(expected)
  }
})
