import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeDays } from '../../../adapters/postgres/closed-days/close.ts'
import { postgresReplayStore } from '../../../adapters/postgres/replay/store.ts'
import type { MessageId } from '../../../core/message/identity.ts'
import type { Lane } from '../../../core/message/lane.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { emptyReport, replayDevices } from '../../../core/replay/replay-devices.ts'
import { historyDevices, historyLog, samplingDatagrams, samplingLog } from '../../support/companion-log.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import {
  clear,
  conservation,
  contents,
  countedReadings,
  decoder,
  pipeline,
  standing,
  replay as takeIn,
} from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { seeded } from '../../support/traffic.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
beforeEach(async () => {
  await clear(db.pool)
  await db.pool.query('DELETE FROM device; DELETE FROM replay_request')
  for (const deviceId of Object.values(historyDevices))
    await db.pool.query(
      `INSERT INTO device (device_id, valid_from, network, profile, weight_millilitres, weight_pulses, time_zone)
       VALUES ($1, '2020-01-01', 'sigfox', 'adeunis-pulse@1', 1000, 1, 'UTC')`,
      [deviceId],
    )
})
afterAll(() => db.close())

const now = Math.floor(Date.now() / 3_600_000) * 3_600 - 3_600
const hour = 3_600
const numRuns = Number(process.env.RUNS ?? 25)

const logs: Record<string, { lane: Lane; log: (seed: number) => RawItem[] }> = {
  'histories in parts': { lane: 'sigfox', log: (seed) => historyLog(seeded(seed), now, 0) },
  'histories in parts, with faults': { lane: 'sigfox', log: (seed) => historyLog(seeded(seed), now, 6) },
  'configurations between histories': { lane: 'sigfox', log: (seed) => samplingLog(seeded(seed), now, 40) },
  'the same by NB-IoT': { lane: 'nbiot', log: (seed) => samplingDatagrams(seeded(seed), now, 40) },
}

const replayer = (pool: pg.Pool) => replayDevices({ ...decoder, store: postgresReplayStore(pool) })
const devicesOf = (log: readonly RawItem[]) => [...new Set(log.map(({ deviceId }) => deviceId ?? ''))]
const wholeDevice = { fromMs: null, toMs: null, profile: null }

const expectConservation = async (lane: Lane) => {
  const { flow, tables } = await conservation(db.pool, lane)
  expect(tables).toEqual({ stored: flow.stored, decoded: flow.decoded, undecoded: flow.undecoded, pending: 0 })
  expect(await countedReadings(db.pool)).toBe(flow.readings)
}

for (const [name, { lane, log }] of Object.entries(logs)) {
  test(`P9: ${name}: any order, any duplicates and any batch cuts leave the rows of one replay`, async () => {
    let histories = 0
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0 }), fc.constantFrom(1, 3, 1_000), async (seed, batchSize) => {
        const random = seeded(seed)
        const items = log(seed)
        await clear(db.pool)
        const topic = memoryStream<MessageId>()
        const { raw, pulse } = pipeline(db.pool, lane, topic)
        for (const item of random.shuffled([...items, ...items.filter(() => random.next() < 0.2)])) {
          await raw([item])
          if (random.next() < 0.1) await pulse(topic.items.slice(-3))
        }
        const ids = random.shuffled(topic.items)
        for (let at = 0; at < ids.length; at += batchSize) await pulse(ids.slice(at, at + batchSize))
        const left = await contents(db.pool)
        histories += left.reading?.filter((row) => row.includes('derived')).length ?? 0
        await expectConservation(lane)
        const { messages, ...report } = await replayer(db.pool)(devicesOf(items), wholeDevice, false)
        expect(report).toEqual({ ...emptyReport, messages: undefined, devices: report.devices })
        expect(messages).toBe(left.message?.length)
        expect(await contents(db.pool)).toEqual(left)
      }),
      { numRuns, seed: 20_261_126 },
    )
    expect(histories).toBeGreaterThan(numRuns * 5)
  }, 120_000)

  test(`P9: ${name}: workers that run at once leave what one leaves`, async () => {
    const workers = new pg.Pool({ connectionString: db.url, max: 8 })
    try {
      for (let seed = 1; seed <= 6; seed++) {
        const items = log(seed)
        await clear(db.pool)
        await takeIn(db.pool, lane, items)
        const expected = await contents(db.pool)
        await clear(db.pool)
        const topic = memoryStream<MessageId>()
        await pipeline(db.pool, lane, topic).raw(items)
        const ids = seeded(seed).shuffled(topic.items)
        await Promise.all(
          Array.from({ length: 4 }, async (_, worker) => {
            const { pulse } = pipeline(workers, lane)
            const own = ids.filter((_, i) => i % 4 === worker)
            for (let at = 0; at < own.length; at += 5) await pulse(own.slice(at, at + 5))
          }),
        )
        expect(await contents(db.pool)).toEqual(expected)
        expect((await db.pool.query('SELECT FROM replay_request')).rowCount).toBe(0)
      }
    } finally {
      await workers.end()
    }
  }, 120_000)
}

const derived = async () =>
  (await standing(db.pool)).readings
    .filter(({ quality }) => quality === 'derived')
    .map(({ channel, readAtMs, index }) => `${channel} ${(readAtMs / 1000 - now) / 60} ${index}`)

const sampling = (timeSeconds: number, hex: string, seqNumber: number): RawItem => ({
  kind: 'sigfox-data',
  deviceId: 'C00020',
  seqNumber,
  timeSeconds,
  receivedAtMs: timeSeconds * 1000,
  payload: Buffer.from(hex, 'hex'),
})
const configuration = (timeSeconds: number, halfSeconds: string, seqNumber: number) =>
  sampling(timeSeconds, `1000010018aa${halfSeconds}aa0001`, seqNumber)
const history = (timeSeconds: number, seqNumber: number) => sampling(timeSeconds, '5a00000003e8000a0014', seqNumber)

test('a configuration times the histories after it until the next, and none before it', async () => {
  await takeIn(db.pool, 'sigfox', [
    history(now - 9 * hour, 1),
    configuration(now - 8 * hour, '0708', 2),
    history(now - 6 * hour, 3),
    configuration(now - 4 * hour, '012c', 4),
    history(now, 5),
  ])
  expect(await derived()).toEqual(['A -480 970', 'A -420 990', 'A -20 970', 'A -10 990'])
})

test('a configuration that comes late takes the place of the one before it, for what was decoded already', async () => {
  await takeIn(db.pool, 'sigfox', [configuration(now - 8 * hour, '0708', 2), history(now, 5)])
  expect(await derived()).toEqual(['A -120 970', 'A -60 990'])
  await takeIn(db.pool, 'sigfox', [configuration(now - 4 * hour, '012c', 4)])
  expect(await derived()).toEqual(['A -20 970', 'A -10 990'])
})

test('the sample period of the registry goes before that of the device', async () => {
  await db.pool.query(
    `INSERT INTO device (device_id, valid_from, network, profile, weight_millilitres, weight_pulses, time_zone, sample_period_seconds)
     VALUES ('C00020', '2020-01-01', 'sigfox', 'adeunis-pulse@3', 1000, 1, 'UTC', 60)`,
  )
  await takeIn(db.pool, 'sigfox', [configuration(now - 8 * hour, '0708', 2), history(now, 5)])
  expect(await derived()).toEqual(['A -2 970', 'A -1 990'])
})

test('a replay that fails for a message of a closed day stops neither it nor its batch, and is made good by the next worker', async () => {
  const past = now - 72 * hour
  await takeIn(db.pool, 'sigfox', [configuration(past - 8 * hour, '0708', 2), history(past, 5)])
  await closeDays(db.pool, 60_000)
  expect(await derived()).toEqual(['A -4440 970', 'A -4380 990'])
  const topic = memoryStream<MessageId>()
  const { raw, pulse } = pipeline(db.pool, 'sigfox', topic)
  await raw([configuration(past - 4 * hour, '012c', 4)])
  await db.pool.query('ALTER TABLE raw_horizon RENAME TO away')
  const outcomes = await pulse(topic.items)
  await db.pool.query('ALTER TABLE away RENAME TO raw_horizon')
  expect(outcomes).toEqual([{ status: 'done' }])
  expect(await derived()).toEqual(['A -4440 970', 'A -4380 990'])
  await pipeline(db.pool, 'sigfox').pulse([])
  expect(await derived()).toEqual(['A -4340 970', 'A -4330 990'])
  expect((await db.pool.query('SELECT FROM replay_request')).rowCount).toBe(0)
})
