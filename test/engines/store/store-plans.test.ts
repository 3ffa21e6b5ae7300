import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MessageId } from '../../../core/message/identity.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { pipeline } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { nbiotItem, sigfoxUplink } from '../../support/traffic.ts'

const stored = 30_000
const late = 100
const anHourAgo = Math.floor(Date.now() / 1_000) - 3_600

let db: TestDatabase
/** One connection: what it read is counted before it is asked for it. */
let pool: pg.Pool
const topic = memoryStream<MessageId>()
const items = Array.from({ length: stored }, (_, i) => sigfoxUplink(i, anHourAgo + i / 10, 5))
const everyHundredth = <T>(all: readonly T[]) => all.filter((_, i) => i % (stored / late) === 0)

beforeAll(async () => {
  db = await openDatabase()
  pool = new pg.Pool({ connectionString: db.url, max: 1 })
  // no statistics, as in the first minutes of a day; those of an hour ago know nothing of the newest ids either
  const { rows } = await db.pool.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent IN ('message'::regclass, 'decoding'::regclass, 'reading_open'::regclass)`,
  )
  for (const { name } of rows) await db.pool.query(`ALTER TABLE ${name} SET (autovacuum_enabled = false)`)
  const { raw } = pipeline(pool, 'sigfox', topic)
  for (let at = 0; at < stored; at += 1_000) await raw(items.slice(at, at + 1_000))
})
afterAll(async () => {
  await pool.end()
  await db.close()
})

/** Rows of raw messages, of their states and of readings that were read so far. */
const rowsRead = async () => {
  await pool.query('SELECT pg_stat_force_next_flush()')
  const { rows } = await pool.query<{ read: number }>(
    `SELECT sum(seq_tup_read + idx_tup_fetch)::int AS read FROM pg_stat_user_tables WHERE relname ~ '^(message|decoding|reading)_'`,
  )
  return rows[0]?.read ?? 0
}

const readBy = async (work: () => Promise<unknown>) => {
  const before = await rowsRead()
  await work()
  return (await rowsRead()) - before
}

test('late messages of a whole hour are decoded without reading what lies between them', async () => {
  const { pulse } = pipeline(pool, 'sigfox')
  const read = await readBy(() => pulse(everyHundredth(topic.items)))
  expect(read).toBeGreaterThanOrEqual(late)
  expect(read).toBeLessThanOrEqual(3 * late)
})

test('earlier copies of messages of a whole hour are merged without reading what lies between them', async () => {
  const copies = everyHundredth(items).map((item) => ({ ...item, receivedAtMs: item.receivedAtMs - 1 }))
  const { raw } = pipeline(pool, 'sigfox')
  const read = await readBy(() => raw(copies))
  expect(read).toBeGreaterThanOrEqual(late)
  expect(read).toBeLessThanOrEqual(5 * late)
})

test('what messages without a clock have left is looked for among the readings of their own devices', async () => {
  for (let at = 0; at < stored; at += 1_000) await pipeline(pool, 'sigfox').pulse(topic.items.slice(at, at + 1_000))
  const tail = Buffer.from('01010000000005', 'hex')
  const elko = (device: number) => Buffer.concat([Buffer.from(String(868411056750000 + device)), tail])
  const datagrams = Array.from({ length: late }, (_, device) => nbiotItem(elko(device), Date.now()))
  const told = memoryStream<MessageId>()
  const { raw, pulse } = pipeline(pool, 'nbiot', told)
  const first = await readBy(async () => {
    await raw(datagrams)
    await pulse(told.items)
  })
  expect(told.items).toHaveLength(late)
  expect(first).toBeLessThanOrEqual(5 * late)
  // only of what came before can something be left
  expect(await readBy(() => pulse(told.items))).toBeLessThanOrEqual(8 * late)
})
