import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Profile } from '../../../core/devices/profile.ts'
import type { MessageId } from '../../../core/message/identity.ts'
import type { RejectReason } from '../../../core/message/rejects.ts'
import type { Uplink } from '../../../core/message/uplink.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { clear, conservation, ignorantDecoder, pipeline, pulseWorker, replay } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { sigfoxUplink } from '../../support/traffic.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())
beforeEach(() => clear(db.pool))

const now = Math.floor(Date.now() / 1000)
const daySeconds = 86_400
const good = Array.from({ length: 40 }, (_, n) => sigfoxUplink(n, now - n * 60, 1_000 + n))

/** One of each sort that the raw stage meets, with the reason under which it must be found. */
const rawPoison: Record<string, { item: Uplink; reason: RejectReason }> = {
  'a time in the future': { item: sigfoxUplink(900, now + daySeconds, 1), reason: 'time_out_of_range' },
  'a time of years ago': { item: sigfoxUplink(901, now - 800 * daySeconds, 1), reason: 'time_out_of_range' },
  'a day whose partition is gone': {
    item: sigfoxUplink(902, now - 300 * daySeconds, 1, { receivedAtMs: now * 1000 }),
    reason: 'too_late',
  },
  'a number that no column takes': { item: sigfoxUplink(903, now, 1, { seqNumber: 2 ** 40 }), reason: 'row_refused' },
  'a text that no column takes': { item: sigfoxUplink(904, now, 1, { deviceId: 'A\0B' }), reason: 'row_refused' },
}
for (const { item } of Object.values(rawPoison))
  if (item.timeSeconds !== null && Math.abs(item.timeSeconds - now) > 1)
    Object.assign(item, { receivedAtMs: now * 1000 })

const rejects = async () =>
  (await db.pool.query(`SELECT stage, reason, device_id, bytes, message_id FROM reject ORDER BY id`)).rows

for (const [name, { item, reason }] of Object.entries(rawPoison))
  test(`P6: raw: ${name}, at the first, middle and last place, stops no neighbour and is kept with its bytes`, async () => {
    for (const place of [0, 20, 40]) {
      await clear(db.pool)
      const topic = memoryStream<MessageId>()
      const { raw } = pipeline(db.pool, 'sigfox', topic)
      const outcomes = await raw([...good.slice(0, place), item, ...good.slice(place)])
      expect(outcomes[place]).toEqual({ status: 'reject', reason })
      expect(outcomes.filter(({ status }) => status === 'done')).toHaveLength(40)
      expect(new Set(topic.items).size).toBe(40)
      const [row, ...others] = await rejects()
      expect(others).toEqual([])
      expect(row).toMatchObject({ stage: 'raw', reason, message_id: null })
      expect(JSON.parse(row.bytes.toString())).toMatchObject({ device: item.deviceId, data: '46000000000100000002' })
      const { flow } = await conservation(db.pool, 'sigfox')
      expect(flow).toMatchObject({ received: 41, stored: 40, rejected: 1, duplicates: 0 })
    }
  })

test('P6: raw: every sort of poison at once, redelivered, is quarantined once each', async () => {
  const poison = Object.values(rawPoison).map(({ item }) => item)
  const log = good.flatMap((item, n) => (n % 8 === 0 ? [poison[n / 8] as Uplink, item] : [item]))
  await replay(db.pool, 'sigfox', log)
  await replay(db.pool, 'sigfox', log)
  expect(await rejects()).toHaveLength(5)
  const { flow, tables } = await conservation(db.pool, 'sigfox')
  expect(flow).toMatchObject({ received: 90, stored: 40, rejected: 5, duplicates: 45 })
  expect(tables).toMatchObject({ stored: 40, decoded: 40, pending: 0 })
})

test('a partition of today that is missing is an outage, not a fault of the message', async () => {
  const { raw } = pipeline(db.pool, 'sigfox')
  await db.pool.query(
    `DO $$ BEGIN EXECUTE format('ALTER TABLE message DETACH PARTITION %I', 'message_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')); END $$`,
  )
  await expect(raw([sigfoxUplink(1, now, 1)])).rejects.toThrow(/no partition/)
  expect(await rejects()).toEqual([])
  await db.pool.query(
    `DO $$ DECLARE day date := (now() AT TIME ZONE 'UTC')::date; BEGIN
       EXECUTE format('ALTER TABLE message ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
         'message_' || to_char(day, 'YYYYMMDD'), first_id(day), first_id(day + 1)); END $$`,
  )
  expect(await raw([sigfoxUplink(1, now, 1)])).toEqual([{ status: 'done' }])
})

/** A profile that does what a wrong one could: an index no column takes, a throw, a time of the far future. */
const broken: Profile = {
  name: 'adeunis-pulse@3',
  code: 3,
  revision: 1,
  uplinkKind: 'sigfox-data',
  decode: (payload) => {
    const index = Buffer.from(payload).readUInt32BE(2)
    if (index === 7_001) throw new RangeError('a bug')
    const absurd = index === 7_000 ? 2 ** 70 : index
    const timeSeconds = index === 7_002 ? 4_294_967_295 : null
    const decoded = { channel: 'A', timeSeconds, ageSeconds: 0, quality: 'measured' } as const
    return {
      fields: () => ({}),
      indexes: [{ ...decoded, index: absurd }],
      events: [{ kind: 'keep_alive', channel: '', value: 0 }],
    }
  },
}

test('P6: pulse: poison of every sort, at every place, leaves its neighbours their readings and itself a reject', async () => {
  const poison = [7_000, 7_001].map((index, n) => sigfoxUplink(950 + n, now, index))
  const unknown = sigfoxUplink(960, now, 1, { payload: Buffer.from('46', 'hex') })
  const topic = memoryStream<MessageId>()
  await pipeline(db.pool, 'sigfox', topic).raw([poison[0] as Uplink, ...good, poison[1] as Uplink])
  await pipeline(db.pool, 'sigfox', topic).raw([unknown])
  const pulse = pulseWorker(db.pool, 'sigfox', {
    profiles: new Map([[broken.name, broken]]),
    profileOfDatagram: () => null,
    defaultProfile: broken.name,
  })
  for (let turn = 0; turn < 3; turn++) {
    const ids = [...topic.items.slice(turn * 14), ...topic.items.slice(0, turn * 14)]
    const outcomes = await pulse(ids)
    expect(outcomes.filter(({ status }) => status === 'done')).toHaveLength(40)
    expect(outcomes.filter(({ status }) => status === 'reject')).toHaveLength(3)
  }
  const { rows } = await db.pool.query('SELECT count(*)::int AS n FROM reading')
  expect(rows[0].n).toBe(40)
  expect((await rejects()).map(({ reason }) => reason).sort()).toEqual([
    'decoder_error',
    'decoder_error',
    'row_refused',
  ])
  const { flow, tables } = await conservation(db.pool, 'sigfox')
  expect(flow).toMatchObject({ stored: 43, decoded: 40, undecoded: 3 })
  expect(tables).toEqual({ stored: 43, decoded: 40, undecoded: 3, pending: 0 })
})

test('a message that is decoded later, by a better profile, leaves the rejected state and resolves its reject', async () => {
  const topic = memoryStream<MessageId>()
  const lane = pipeline(db.pool, 'sigfox', topic)
  await lane.raw([sigfoxUplink(1, now, 5)])
  const none = pulseWorker(db.pool, 'sigfox', ignorantDecoder)
  expect(await none(topic.items)).toEqual([{ status: 'reject', reason: 'unknown_device' }])
  expect((await conservation(db.pool, 'sigfox')).flow).toMatchObject({ decoded: 0, undecoded: 1 })
  expect(await lane.pulse(topic.items)).toEqual([{ status: 'done' }])
  expect(await none(topic.items)).toEqual([{ status: 'reject', reason: 'unknown_device' }])
  expect((await conservation(db.pool, 'sigfox')).flow).toMatchObject({ decoded: 1, undecoded: 0, readings: 2 })
  const { rows } = await db.pool.query(
    'SELECT (SELECT count(*)::int FROM told) AS told, (SELECT count(*)::int FROM decoding) AS beside',
  )
  expect(rows).toEqual([{ told: 1, beside: 0 }])
})

test('an id without a message, and a reject record, are rejects on a pulse topic and harm no neighbour', async () => {
  const topic = memoryStream<MessageId>()
  const lane = pipeline(db.pool, 'sigfox', topic)
  await lane.raw([sigfoxUplink(1, now, 5)])
  const lost = '01a207e8-ebf8-82b2-b9aa-bb56bdb00b99'
  const corrupt = {
    kind: 'reject',
    lane: 'sigfox',
    step: 'pulse',
    reason: 'pack_corrupt',
    bytes: Buffer.from('x'),
    atMs: 5,
    deviceId: null,
  } as const
  expect(await lane.pulse([lost, topic.items[0] as string, corrupt, lost])).toEqual([
    { status: 'reject', reason: 'message_missing' },
    { status: 'done' },
    { status: 'reject', reason: 'pack_corrupt' },
    { status: 'reject', reason: 'message_missing' },
  ])
  expect((await rejects()).map(({ reason }) => reason).sort()).toEqual(['message_missing', 'pack_corrupt'])
})
