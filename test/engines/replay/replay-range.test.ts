import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresReplayStore } from '../../../adapters/postgres/replay/store.ts'
import type { MessageId } from '../../../core/message/identity.ts'
import { replayDevices } from '../../../core/replay/replay-devices.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { clear, contents, decoder, pipeline, replay as takeIn } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { draginoDatagram, nbiotItem } from '../../support/traffic.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())

const hour = 3_600
const now = Math.floor(Date.now() / 1_000)
const range = { fromMs: (now - 5 * hour) * 1_000, toMs: (now - 3 * hour) * 1_000, profile: null }
/** One of its records lies in the range, its own time does not. */
const outside = nbiotItem(draginoDatagram(1, now - hour, 30, [[20, now - 4 * hour + 1]]), now * 1_000)
const inside = nbiotItem(draginoDatagram(1, now - 4 * hour, 19), now * 1_000)

test('a replay of a range leaves nothing of a message of another time that nobody has decoded yet, though it tells of the range', async () => {
  const topic = memoryStream<MessageId>()
  const lane = pipeline(db.pool, 'nbiot', topic)
  await lane.raw([outside, inside])
  const replay = replayDevices({ ...decoder, store: postgresReplayStore(db.pool) })
  const report = await replay([inside.deviceId ?? ''], range, false)
  expect(report).toMatchObject({ messages: 2, readingsAdded: 1, newlyDecoded: 1 })
  const { rows } = await db.pool.query('SELECT index::int, message_id FROM reading')
  expect(rows).toEqual([{ index: 19, message_id: topic.items[1] }])

  await lane.pulse(topic.items)
  const left = await contents(db.pool)
  await clear(db.pool)
  await takeIn(db.pool, 'nbiot', [outside, inside])
  expect(left).toEqual(await contents(db.pool))
})
