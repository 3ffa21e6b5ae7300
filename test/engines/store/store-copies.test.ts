import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sha256 } from '../../../adapters/process/ids.ts'
import { messageId } from '../../../core/message/identity.ts'
import { clear, conservation, pipeline } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { seeded, sigfoxUplink } from '../../support/traffic.ts'

let db: TestDatabase
let workers: pg.Pool
beforeAll(async () => {
  db = await openDatabase()
  workers = new pg.Pool({ connectionString: db.url, max: 6 })
  workers.on('error', () => {})
})
beforeEach(() => clear(db.pool))
afterAll(async () => {
  await workers.end()
  await db.close()
})

const now = Math.floor(Date.now() / 1_000) - 3_600

const receivedMs = async () => {
  const { rows } = await db.pool.query<{ id: string; received_at: Date }>('SELECT id, received_at FROM message')
  return new Map(rows.map(({ id, received_at }) => [id, received_at.getTime()]))
}

const isSomebodyWaiting = async () => {
  const { rowCount } = await db.pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rowCount === 1
}

for (const [which, rivalMs] of [
  ['before', -1_000],
  ['after', 1_000],
] as const)
  test(`a copy that another worker stores between the look and the insert, received ${which} ours, makes ours a duplicate, and the earlier receive time holds`, async () => {
    const own = sigfoxUplink(1, now, 5)
    const neighbour = sigfoxUplink(2, now, 5)
    const id = messageId(sha256, own, now * 1_000)
    const rival = await workers.connect()
    await rival.query('BEGIN')
    await rival.query(
      'INSERT INTO message (id, received_at, seq_number, kind, device_id, payload) VALUES ($1, $2, $3, $4, $5, $6)',
      [id, new Date(own.receivedAtMs + rivalMs), own.seqNumber, own.kind, own.deviceId, own.payload],
    )
    const stored = pipeline(workers, 'sigfox').raw([own, neighbour])
    while (!(await isSomebodyWaiting())) await pause(10)
    await rival.query('COMMIT')
    rival.release()
    expect(await stored).toEqual([{ status: 'done' }, { status: 'done' }])
    const received = await receivedMs()
    expect(received.size).toBe(2)
    expect(received.get(id)).toBe(own.receivedAtMs + Math.min(0, rivalMs))
    expect((await conservation(db.pool, 'sigfox')).flow).toMatchObject({ received: 2, stored: 1, duplicates: 1 })
  })

test('writers at once, each with the copies in another order, leave each message once with its earliest receive time', async () => {
  const random = seeded(25)
  const messages = Array.from({ length: 60 }, (_, n) => sigfoxUplink(n % 20, now + n, n))
  const deliveries = Array.from({ length: 6 }, () =>
    random.shuffled(
      messages.map((item) => ({ ...item, receivedAtMs: item.receivedAtMs + 1_000 * random.below(1_000) })),
    ),
  )
  await Promise.all(
    deliveries.map(async (log) => {
      const { raw } = pipeline(workers, 'sigfox')
      for (let at = 0; at < log.length; at += 12) await raw(log.slice(at, at + 12))
    }),
  )
  const earliest = new Map<string, number>()
  for (const item of deliveries.flat()) {
    const id = messageId(sha256, item, (item.timeSeconds ?? 0) * 1_000)
    earliest.set(id, Math.min(item.receivedAtMs, earliest.get(id) ?? Infinity))
  }
  expect(earliest.size).toBe(messages.length)
  expect(await receivedMs()).toEqual(earliest)
  expect((await conservation(db.pool, 'sigfox')).flow).toMatchObject({ received: 360, stored: 60, duplicates: 300 })
})
