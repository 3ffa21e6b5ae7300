import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { postgresReplayStore } from '../../../adapters/postgres/replay/store.ts'
import type { MessageId } from '../../../core/message/identity.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { type ReplayStore, replayDevices } from '../../../core/replay/replay-devices.ts'
import { heldWorker, isDone } from '../../support/held-worker.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { clear, contents, decoder, pipeline, standing } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { sigfoxUplink } from '../../support/traffic.ts'

let db: TestDatabase
let worker: pg.Pool
beforeAll(async () => {
  db = await openDatabase()
  worker = new pg.Pool({ connectionString: db.url, max: 1 })
  await db.pool.query(
    `INSERT INTO device (device_id, valid_from, network, profile, weight_millilitres, weight_pulses, time_zone)
     VALUES ('C00010', '2020-01-01', 'sigfox', 'adeunis-pulse@1', 1000, 1, 'UTC')`,
  )
})
beforeEach(() => clear(db.pool))
afterAll(async () => {
  await worker.end()
  await db.close()
})

const now = Math.floor(Date.now() / 3_600_000) * 3_600 - 3_600
const hour = 3_600
const minute = 60

let sent = 0
const frame = (device: number, timeSeconds: number, hex: string): RawItem =>
  sigfoxUplink(device, timeSeconds, 0, { seqNumber: sent++, payload: Buffer.from(hex, 'hex') })
const history = (timeSeconds: number) => frame(0x20, timeSeconds, '5a00000003e8000a0014')
const configuration = (timeSeconds: number, halfSeconds: string) =>
  frame(0x20, timeSeconds, `1000010018aa${halfSeconds}aa0001`)
const part = (timeSeconds: number, hex: string) => frame(0x10, timeSeconds, hex)

const store = async (...items: RawItem[]): Promise<MessageId[]> => {
  const topic = memoryStream<MessageId>()
  await pipeline(db.pool, 'sigfox', topic).raw(items)
  return topic.items
}
const pulse = (ids: readonly MessageId[]) => pipeline(db.pool, 'sigfox').pulse(ids)

const replayer = (replays: ReplayStore) => replayDevices({ ...decoder, store: replays })
const wholeDevice = { fromMs: null, toMs: null, profile: null }

/** What is kept must be what a replay finds. */
const expectSettled = async () => {
  const left = await contents(db.pool)
  await replayer(postgresReplayStore(db.pool))(['C00010', 'C00020'], wholeDevice, false)
  expect(left).toEqual(await contents(db.pool))
  expect(left.reading?.length).toBeGreaterThan(1)
}

test('a history that was loaded before its configuration was there is timed by it, and waits for nothing', async () => {
  const ids = await store(history(now))
  const { counted, goOn } = await heldWorker(worker, ids)
  await pulse(await store(configuration(now - hour, '0708')))
  goOn()
  await counted
  await expectSettled()
  expect((await standing(db.pool)).readings.filter(({ quality }) => quality === 'derived')).toHaveLength(2)
})

test('an opening that comes between the parts of a history takes its own from them', async () => {
  const hours = ['480000000003e8000007d0', '4800010002000100040002', '4800020006000300080004', '480003000a0005']
  const ids = await store(...hours.map((hex, k) => part(now + k * minute, hex)))
  const { counted, goOn } = await heldWorker(worker, ids)
  await pulse(await store(part(now + 90, '480000000003ea000007d2')))
  goOn()
  await counted
  await expectSettled()
})

test('a part is put together with those near it, and not those with others that are further away', async () => {
  const opened = now - 12 * hour - 10 * minute
  const day = [part(opened, '480000000003e8000007d0'), part(opened + minute, '4800010002000100040002')]
  // which of the two histories it is, is told half an hour later only
  const contradicting = [
    part(opened + 5 * minute, '4800040002000100040002'),
    part(opened + 20 * minute, '480003000a0005'),
  ]
  await pulse(await store(...day, ...contradicting))
  await expectSettled()
  await pulse(await store(part(opened - 11 * hour - 50 * minute, '4800010002000100040002')))
  await expectSettled()
})

test('a replay waits for a worker that has loaded a message with the registry of before', async () => {
  const ids = await store(history(now), configuration(now - hour, '0708'))
  const { counted, goOn } = await heldWorker(worker, ids)
  const replaying = replayer(postgresReplayStore(db.pool))(['C00020'], wholeDevice, false)
  expect(await isDone(replaying, 300)).toBe(false)
  goOn()
  await Promise.all([counted, replaying])
  await expectSettled()
})
