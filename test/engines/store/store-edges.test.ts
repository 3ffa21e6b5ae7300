import { setTimeout as wait } from 'node:timers/promises'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { pulseTopic } from '../../../adapters/bus/receive.ts'
import { messageIdCodec } from '../../../adapters/pack/items.ts'
import { packItems } from '../../../adapters/pack/pack.ts'
import { packHandler } from '../../../adapters/sqs/index.ts'
import type { MessageId } from '../../../core/message/identity.ts'
import { done } from '../../../core/message/outcome.ts'
import { interruptedStore } from '../../support/held-worker.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import {
  clear,
  conservation,
  contents,
  ignorantDecoder,
  pipeline,
  pulseWorker,
  replay,
} from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { draginoDatagram, nbiotItem, sigfoxUplink } from '../../support/traffic.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())
beforeEach(() => clear(db.pool))

const now = Math.floor(Date.now() / 1000)
const rows = async (query: string) => (await db.pool.query(query)).rows

/** A pulse worker whose registry and profiles know nobody. */
const ignorant = (lane: 'sigfox' | 'nbiot') => pulseWorker(db.pool, lane, ignorantDecoder)

test('two equal foreign messages in one pulse batch are one reject, and their neighbours are handled', async () => {
  const topic = memoryStream<MessageId>()
  const { raw, pulse } = pipeline(db.pool, 'sigfox', topic)
  await raw([sigfoxUplink(1, now, 5)])
  const [good] = packItems(messageIdCodec, topic.items, 45_000)
  const record = (messageId: string, body: string) =>
    ({ messageId, body, attributes: { SentTimestamp: '1700000000000' } }) as SQSRecord
  const Records = [record('a', '{}'), record('good', good?.bytes.toString('base64') ?? ''), record('b', '{}')]
  const answer = await packHandler(pulseTopic('sigfox'), pulse)({ Records } as SQSEvent)
  expect(answer).toEqual({ batchItemFailures: [] })
  expect(await rows('SELECT reason FROM reject')).toEqual([{ reason: 'pack_corrupt' }])
  expect((await conservation(db.pool, 'sigfox')).flow).toMatchObject({ decoded: 1 })
})

const unclocked = {
  'an event without a reading': '1122334455667788030000002630002100000000000000000000',
  'a history rebuilt from deltas': '112233445566778803000000275a0000001000000a000b000c',
}
for (const [name, hex] of Object.entries(unclocked))
  test(`P9: ${name}, without a clock, stands at the time of its first copy whichever comes first`, async () => {
    await db.pool.query(
      `INSERT INTO device (device_id, valid_from, network, profile, weight_millilitres, weight_pulses, sample_period_seconds, time_zone)
       VALUES ('1122334455667788', '2020-01-01', 'nbiot', 'adeunis-pulse-nbiot', 1000, 1, 600, 'UTC') ON CONFLICT DO NOTHING`,
    )
    const copy = (seconds: number) => nbiotItem(Buffer.from(hex, 'hex'), (now + seconds) * 1000)
    await replay(db.pool, 'nbiot', [copy(-60)])
    await replay(db.pool, 'nbiot', [copy(0)])
    const inOrder = await contents(db.pool)
    expect([...(inOrder.reading ?? []), ...(inOrder.event ?? [])].length).toBeGreaterThan(0)
    await clear(db.pool)
    await replay(db.pool, 'nbiot', [copy(0)])
    await replay(db.pool, 'nbiot', [copy(-60)])
    expect(await contents(db.pool)).toEqual(inOrder)
  })

test('P9: an earlier copy that is stored while a later one is being decoded is where the message stands', async () => {
  const datagram = draginoDatagram(1, 0, 9_000)
  const topic = memoryStream<MessageId>()
  const lane = pipeline(db.pool, 'nbiot', topic)
  await lane.raw([nbiotItem(datagram, now * 1000)])
  const overtaken = interruptedStore(db.pool, async () => {
    await lane.raw([nbiotItem(datagram, now * 1000 - 60_000)])
    await lane.pulse(topic.items)
  })
  const slow = pulseWorker(db.pool, 'nbiot', { store: overtaken })
  expect(await slow(topic.items.slice(0, 1))).toEqual([done])
  expect(await rows('SELECT read_at FROM reading')).toEqual([{ read_at: new Date(now * 1000 - 60_000) }])
})

test('P9: what a message with a clock tells without one stands at its earlier copy alone, when that is stored while a later one is being decoded', async () => {
  const read = now - 3_600
  const datagram = draginoDatagram(1, read, 9_000, [[8_900, 0]])
  const topic = memoryStream<MessageId>()
  const lane = pipeline(db.pool, 'nbiot', topic)
  await lane.raw([nbiotItem(datagram, now * 1000)])
  const overtaken = interruptedStore(db.pool, async () => {
    await lane.raw([nbiotItem(datagram, now * 1000 - 60_000)])
    await lane.pulse(topic.items)
  })
  const slow = pulseWorker(db.pool, 'nbiot', { store: overtaken })
  expect(await slow(topic.items.slice(0, 1))).toEqual([done])
  expect(await rows('SELECT read_at, quality FROM reading ORDER BY read_at')).toEqual([
    { read_at: new Date(read * 1000), quality: 'measured' },
    { read_at: new Date(now * 1000 - 60_000), quality: 'clock_unset' },
  ])
})

const openRejects = () => rows('SELECT reason, resolved_at IS NULL AS open FROM reject ORDER BY reason')

test('P5: a bad record in a message that was rejected before is an open reject, and stays one', async () => {
  const topic = memoryStream<MessageId>()
  const lane = pipeline(db.pool, 'nbiot', topic)
  const history: [number, number][] = [
    [90, now + 90_000],
    [80, now - 900],
  ]
  await lane.raw([nbiotItem(draginoDatagram(1, now, 100, history), now * 1000)])
  await ignorant('nbiot')(topic.items)
  await lane.pulse(topic.items)
  const expected = [
    { reason: 'time_out_of_range', open: true },
    { reason: 'unknown_device', open: false },
  ]
  expect(await openRejects()).toEqual(expected)
  await lane.pulse(topic.items)
  expect(await openRejects()).toEqual(expected)
})

test('a decoded message that an older worker cannot decode stays decoded, with nothing open', async () => {
  const topic = memoryStream<MessageId>()
  const lane = pipeline(db.pool, 'sigfox', topic)
  await lane.raw([sigfoxUplink(1, now, 5)])
  await lane.pulse(topic.items)
  await ignorant('sigfox')(topic.items)
  expect(await openRejects()).toEqual([])
  expect((await conservation(db.pool, 'sigfox')).flow).toMatchObject({ decoded: 1, undecoded: 0 })
})

test('making partitions waits for no reader and stops no writer', async () => {
  const reader = new pg.Client(db.url)
  const owner = new pg.Client(db.url)
  const app = new pg.Pool({ connectionString: db.url, max: 1, options: '-c lock_timeout=2000' })
  await Promise.all([reader.connect(), owner.connect()])
  await reader.query('BEGIN; SELECT count(*) FROM message')
  const making = owner.query('SELECT ensure_partitions(40, 9) AS made')
  await wait(200)
  const outcomes = await pipeline(app, 'sigfox').raw([sigfoxUplink(1, now, 5)])
  expect(outcomes).toEqual([{ status: 'done' }])
  expect((await making).rows).toEqual([{ made: 1 }])
  await Promise.all([reader.end(), owner.end(), app.end()])
})

test('P6: thousands of messages of days that have no partition are quarantined, and their neighbours stored', async () => {
  const old = Array.from({ length: 6_000 }, (_, n) =>
    nbiotItem(draginoDatagram(n % 300, now - 50 * 86_400 - n, n), now * 1000),
  )
  const good = nbiotItem(draginoDatagram(1, now, 1), now * 1000)
  const { raw } = pipeline(db.pool, 'nbiot')
  const outcomes = await raw([...old.slice(0, 3_000), good, ...old.slice(3_000)])
  expect(outcomes[3_000]).toEqual({ status: 'done' })
  expect((await conservation(db.pool, 'nbiot')).flow).toMatchObject({ received: 6_001, stored: 1, rejected: 6_000 })
})
