import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensurePartitions } from '../../../adapters/postgres/upkeep/partitions.ts'
import type { MessageId } from '../../../core/message/identity.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { pipeline } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { draginoDatagram, nbiotItem } from '../../support/traffic.ts'

const daySeconds = 86_400
const now = Math.floor(Date.now() / 1_000) - 60
const clocks = [now, now - 365 * daySeconds, 0]
/** Each tells something without a clock as well, which may move while it is decoded. */
const batchAt = (receivedMs: number) =>
  clocks.map((time, device) => nbiotItem(draginoDatagram(device, time, 9, [[8, 0]]), receivedMs))
const batch = batchAt(now * 1_000)
const earlier = batchAt(now * 1_000 - 5_000)

let db: TestDatabase
/** One connection: what it scanned is counted before it is asked for it. */
let pool: pg.Pool
const topic = memoryStream<MessageId>()
beforeAll(async () => {
  db = await openDatabase()
  const client = await db.pool.connect()
  await ensurePartitions(client, 366, 8)
  client.release()
  pool = new pg.Pool({ connectionString: db.url, max: 1 })
  pool.on('error', () => {})
})
afterAll(async () => {
  await pool.end()
  await db.close()
})

/** Scans so far of the days that were asked for, and of the 300 days between them. */
const scans = async () => {
  await pool.query('SELECT pg_stat_force_next_flush()')
  const { rows } = await pool.query<{ between: number; all: number }>(
    `SELECT sum(seq_scan + idx_scan)::int AS all,
       sum(seq_scan + idx_scan) FILTER (WHERE right(relname, 8)::date BETWEEN now() - interval '330 days' AND now() - interval '30 days')::int AS between
     FROM pg_stat_user_tables WHERE relname ~ '^(message|decoding)_[0-9]{8}$'`,
  )
  return rows[0] ?? { between: Number.NaN, all: Number.NaN }
}

const lane = () => pipeline(pool, 'nbiot', topic)
const steps: [string, () => Promise<unknown>][] = [
  ['storing', () => lane().raw(batch)],
  ['storing earlier copies of', () => lane().raw(earlier)],
  ['decoding', () => lane().pulse(topic.items.slice(0, 3))],
  ['decoding again', () => lane().pulse(topic.items.slice(0, 3))],
]
for (const [step, work] of steps)
  test(`${step} a batch with a message of a year ago and one without a clock looks at no day between`, async () => {
    const before = await scans()
    expect(await work()).toEqual([{ status: 'done' }, { status: 'done' }, { status: 'done' }])
    const after = await scans()
    expect(after.all).toBeGreaterThan(before.all)
    expect(after.between).toBe(before.between)
  })
