import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { MessageId } from '../../../core/message/identity.ts'
import { done, retry } from '../../../core/message/outcome.ts'
import type { Stream } from '../../../core/message/stream.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { clear, clearReadings, conservation, contents, pipeline, replay } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { seeded, sigfoxUplink } from '../../support/traffic.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())
beforeEach(() => clear(db.pool))

const now = Math.floor(Date.now() / 1000)

test('P4: crashes between commit and publish, one in ten batches, lose nothing: ten seeds of 2,000 messages', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    await clear(db.pool)
    const random = seeded(seed)
    const log = Array.from({ length: 2_000 }, (_, n) => sigfoxUplink(n % 200, now - n, n))
    const topic = memoryStream<MessageId>()
    const crashing: Stream<MessageId> = {
      publish: (ids, settle) => {
        if (random.next() < 0.1) throw new Error('killed after the commit')
        return topic.publish(ids, settle)
      },
    }
    const { raw } = pipeline(db.pool, 'sigfox', crashing)
    let crashes = 0
    const queue = Array.from({ length: 40 }, (_, n) => log.slice(n * 50, n * 50 + 50))
    for (let batch = queue.shift(); batch; batch = queue.shift())
      await raw(batch).catch(() => {
        crashes++
        queue.push(batch as typeof log)
      })
    expect(crashes).toBeGreaterThan(0)
    expect(new Set(topic.items).size).toBe(2_000)
    const { flow } = await conservation(db.pool, 'sigfox')
    expect(flow).toMatchObject({ received: 2_000 + crashes * 50, stored: 2_000, duplicates: crashes * 50 })
  }
})

test('P4: ids that the bus did not take are published at the redelivery, also when every row is there already', async () => {
  const log = Array.from({ length: 20 }, (_, n) => sigfoxUplink(n, now, n))
  const topic = memoryStream<MessageId>()
  let calls = 0
  const flaky: Stream<MessageId> = {
    publish: async (ids, settle) => {
      if (calls++ > 0) return topic.publish(ids, settle)
      const taken = await topic.publish(ids.slice(0, 7), settle)
      return [...taken, ...ids.slice(7).map((id) => settle(id, retry('not taken')))]
    },
  }
  const { raw } = pipeline(db.pool, 'sigfox', flaky)
  const first = await raw(log)
  expect(first.filter(({ status }) => status === 'retry')).toHaveLength(13)
  expect(await raw(log)).toEqual(log.map(() => done))
  expect(new Set(topic.items).size).toBe(20)
})

const deadlocks = async (): Promise<number> =>
  (await db.pool.query('SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()')).rows[0]
    .deadlocks

/** Eight at the same time, each on a connection of its own that is open already. */
const byEightWriters = (write: (pool: pg.Pool, writer: number) => Promise<unknown>) =>
  Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      const pool = new pg.Pool({ connectionString: db.url, max: 1 })
      try {
        await pool.query('SELECT')
        await write(pool, writer)
      } finally {
        await pool.end()
      }
    }),
  )

/** Enough rows that two transactions overlap: with 60 of them, or 900 a batch, unsorted writes met no deadlock either. */
const contended = Array.from({ length: 4_000 }, (_, n) => sigfoxUplink(n % 200, now - Math.floor(n / 200) * 60, n))
const contendedBatch = 3_000

test('P25: eight writers over the same shuffled rows meet no deadlock, and leave what one writer leaves', async () => {
  await replay(db.pool, 'sigfox', contended)
  const expected = await contents(db.pool)
  await clear(db.pool)
  const before = await deadlocks()
  await byEightWriters(async (pool, writer) => {
    for (let turn = 0; turn < 2; turn++)
      await replay(pool, 'sigfox', seeded(writer * 10 + turn).shuffled(contended), contendedBatch + writer)
  })
  expect(await deadlocks()).toBe(before)
  expect(await contents(db.pool)).toEqual(expected)
})

test('P25: eight writers that decode the same messages in any order meet no deadlock, and leave what one leaves', async () => {
  const topic = memoryStream<MessageId>()
  await pipeline(db.pool, 'sigfox', topic).raw(contended)
  await pipeline(db.pool, 'sigfox').pulse(topic.items)
  const expected = await contents(db.pool)
  const before = await deadlocks()
  for (let turn = 0; turn < 3; turn++) {
    await db.pool.query(clearReadings)
    await byEightWriters(async (pool, writer) => {
      const ids = seeded(writer * 10 + turn).shuffled(topic.items)
      const { pulse } = pipeline(pool, 'sigfox')
      for (let at = 0; at < ids.length; at += contendedBatch) await pulse(ids.slice(at, at + contendedBatch))
    })
    expect(await contents(db.pool)).toEqual(expected)
  }
  expect(await deadlocks()).toBe(before)
})

test('an outage throws, so that the whole batch comes back, and leaves nothing half done', async () => {
  const pool = new pg.Pool({ connectionString: db.url, max: 1 })
  pool.on('error', () => {})
  const { raw } = pipeline(pool, 'sigfox')
  expect(await raw([sigfoxUplink(1, now, 1)])).toEqual([done])
  await db.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  )
  const nowhere = new pg.Pool({ host: '127.0.0.1', port: 1, max: 1 })
  await expect(pipeline(nowhere, 'sigfox').raw([sigfoxUplink(2, now, 1)])).rejects.toThrow(/ECONNREFUSED/)
  await nowhere.end()
  // the connection that was lost is opened again
  const outcomes = await raw([sigfoxUplink(2, now, 1)]).catch(() => raw([sigfoxUplink(2, now, 1)]))
  expect(outcomes).toEqual([done])
  await pool.end()
  expect((await conservation(db.pool, 'sigfox')).flow).toMatchObject({ received: 2, stored: 2, rejected: 0 })
})

test('a copy with an earlier receive time moves what a message without a clock left behind, instead of adding to it', async () => {
  const payload = Buffer.from('f868411056754138f4602401020304050a640cf11d0100000001c20000232800000000', 'hex')
  const at = (receivedAtMs: number) =>
    ({ kind: 'dragino-nb', deviceId: '868411056754138', seqNumber: -1, timeSeconds: 0, receivedAtMs, payload }) as const
  for (const receivedAtMs of [now * 1000, now * 1000 - 60_000, now * 1000 + 60_000])
    await replay(db.pool, 'nbiot', [at(receivedAtMs)])
  const { rows } = await db.pool.query('SELECT read_at, index::int, quality FROM reading')
  expect(rows).toEqual([{ read_at: new Date(now * 1000 - 60_000), index: 9_000, quality: 'clock_unset' }])
})
