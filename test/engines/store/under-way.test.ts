import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { MessageId } from '../../../core/message/identity.ts'
import { operations } from '../../../operations/index.ts'
import { heldWorker, isDone } from '../../support/held-worker.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { clear, contents, pipeline, replay as takeIn } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { sigfoxUplink } from '../../support/traffic.ts'

let db: TestDatabase
let worker: pg.Pool
beforeAll(async () => {
  db = await openDatabase()
  worker = new pg.Pool({ connectionString: db.url, max: 1 })
})
beforeEach(async () => {
  await clear(db.pool)
  await db.pool.query('DELETE FROM device')
})
afterAll(async () => {
  await worker.end()
  await db.close()
})

const now = Math.floor(Date.now() / 1000)
const deviceId = 'C00001'
const selection = { deviceId, reason: null, profile: null, fromMs: null, toMs: null }

const storeRaw = async (count: number) => {
  const topic = memoryStream<MessageId>()
  const items = Array.from({ length: count }, (_, n) => sigfoxUplink(1, now - n * 3_600, 100 - n))
  await pipeline(db.pool, 'sigfox', topic).raw(items)
  return { items, ids: topic.items }
}

test('a batch that was loaded before a change of the registry does not undo the replay that follows the change', async () => {
  const { setDevice, startReplay, continueReplay } = operations(db.pool, 'adeunis-pulse@3')
  const { items, ids } = await storeRaw(3)
  const { counted, goOn } = await heldWorker(worker, ids)
  const unchanged = { samplePeriodSeconds: null, timeZone: null, meterId: null, fromMs: null }
  await setDevice({
    deviceId,
    network: 'sigfox',
    profile: 'icemeter-pulse@1',
    weightMillilitres: 1,
    weightPulses: 1,
    ...unchanged,
  })

  const replayed = startReplay({ selection, dryRun: false }).then((job) =>
    continueReplay({ job, selection, dryRun: false }),
  )
  expect(await isDone(replayed, 300)).toBe(false)
  goOn()
  await counted
  expect((await replayed).report).toMatchObject({ devices: 1, messages: 3, readingsGone: 6, newlyRejected: 3 })

  const left = await contents(db.pool)
  await clear(db.pool)
  await takeIn(db.pool, 'sigfox', items)
  expect(left).toEqual(await contents(db.pool))
})

test('what a worker writes of a device while it is erased goes with the rest', async () => {
  const { eraseDevice } = operations(db.pool, 'adeunis-pulse@3')
  const { ids } = await storeRaw(3)
  const { counted, goOn } = await heldWorker(worker, ids)
  const erased = eraseDevice({ deviceId, lane: 'sigfox' })
  expect(await isDone(erased, 300)).toBe(false)
  goOn()
  await counted
  expect(await erased).toMatchObject({ messages: 3, readings: 6 })
  expect(await contents(db.pool)).toMatchObject({ message: [], reading: [], event: [], decoding: [] })
})

test('batches wait for one another only while a replay waits for them', async () => {
  const { ids } = await storeRaw(2)
  const { counted, goOn } = await heldWorker(worker, ids.slice(0, 1))
  expect(await pipeline(db.pool, 'sigfox').pulse(ids.slice(1))).toEqual([{ status: 'done' }])
  const replaying = operations(db.pool, null).startReplay({ selection, dryRun: true })
  const behind = pause(100).then(() => pipeline(db.pool, 'sigfox').pulse(ids.slice(1)))
  expect(await isDone(behind, 400)).toBe(false)
  goOn()
  await Promise.all([counted, replaying, behind])
})
