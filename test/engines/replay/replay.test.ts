import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresReplayStore } from '../../../adapters/postgres/replay/store.ts'
import type { MessageId } from '../../../core/message/identity.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import type { Scope } from '../../../core/replay/kept.ts'
import { emptyReport, replayDevices } from '../../../core/replay/replay-devices.ts'
import { awkwardNbiot, awkwardSigfox } from '../../support/awkward-log.ts'
import { closeBefore, openDays } from '../../support/closed-days.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { clearReadings, conservation, contents, countedReadings, decoder, pipeline } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { samplingFrames, shuffleRegistry } from '../../support/registry-history.ts'
import { seeded } from '../../support/traffic.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())

const now = Math.floor(Date.now() / 3_600_000) * 3_600 - 3_600
const lanes = ['sigfox', 'nbiot'] as const
const logs = {
  sigfox: [...awkwardSigfox(seeded(27), now, 30), ...samplingFrames(seeded(28), now, 20)],
  nbiot: awkwardNbiot(seeded(29), now, 40),
}
const devices = [...new Set(Object.values(logs).flatMap((log) => log.map(({ deviceId }) => deviceId ?? '')))].filter(
  Boolean,
)

const all: Scope = { fromMs: null, toMs: null, profile: null }

const replayer = (pool: pg.Pool) => replayDevices({ ...decoder, store: postgresReplayStore(pool) })

/** Everything that is kept, but for rejects that are resolved: a fresh decoding has none. */
const kept = async (pool: pg.Pool) => {
  const { rows } = await pool.query<{ row: string }>(
    'SELECT reject::text AS row FROM reject WHERE resolved_at IS NULL ORDER BY 1',
  )
  return { ...(await contents(pool)), reject: rows.map(({ row }) => row) }
}

const decodeAfresh = async (pool: pg.Pool) => {
  await pool.query(
    `DELETE FROM decoding; ${clearReadings}; DELETE FROM event; DELETE FROM reject WHERE stage = 'pulse'`,
  )
  for (const lane of lanes) {
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM message WHERE (kind = $1) = $2', [
      'sigfox-data',
      lane === 'sigfox',
    ])
    await pipeline(pool, lane).pulse(rows.map(({ id }) => id))
  }
}

const expectConservation = async () => {
  for (const lane of lanes) {
    const { flow, tables } = await conservation(db.pool, lane)
    expect(tables).toMatchObject({ stored: flow.stored, decoded: flow.decoded, undecoded: flow.undecoded })
  }
  const { rows } = await db.pool.query<{ readings: number }>('SELECT sum(readings)::int AS readings FROM flow')
  expect(rows[0]?.readings).toBe(await countedReadings(db.pool))
}

/** Takes in both logs piece by piece, each piece decoded with another registry, some of it twice, and closes days. */
const live = async (random: ReturnType<typeof seeded>, pieces: number) => {
  await openDays(db.pool, 2)
  for (const lane of lanes) {
    const log = random.shuffled<RawItem>([...logs[lane], ...logs[lane].filter(() => random.next() < 0.2)])
    const topic = memoryStream<MessageId>()
    const { raw, pulse } = pipeline(db.pool, lane, topic)
    for (let piece = 0; piece < pieces; piece++) {
      await shuffleRegistry(db.pool, random, devices, now)
      await raw(log.slice((log.length * piece) / pieces, (log.length * (piece + 1)) / pieces))
      await pulse(random.shuffled(topic.items).slice(random.below(5)))
      if (random.next() < 0.5) await closeBefore(db.pool, random.below(3) - 1)
    }
  }
}

test('a replay after any history of the registry leaves what a fresh decoding with the final registry leaves, and twice changes nothing', async () => {
  let differences = 0
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 4 }), async (seed, pieces) => {
      const random = seeded(seed)
      await live(random, pieces)
      await shuffleRegistry(db.pool, random, devices, now)
      const replay = replayer(db.pool)
      const foreseen = await replay(devices, all, true)
      const report = await replay(devices, all, false)
      differences += report.readingsGone + report.readingsChanged + report.newlyRejected
      expect({ ...report, examples: [] }).toEqual({ ...foreseen, examples: [] })
      expect(await replay(devices, all, false)).toEqual({
        ...emptyReport,
        devices: devices.length,
        messages: report.messages,
      })
      const replayed = await kept(db.pool)
      await expectConservation()
      await decodeAfresh(db.pool)
      expect(replayed).toEqual(await kept(db.pool))
    }),
    { numRuns: 20, seed: 20_261_124 },
  )
  expect(differences).toBeGreaterThan(500)
})

test('while messages come in, a replay leaves what a fresh decoding leaves', async () => {
  const workers = new pg.Pool({ connectionString: db.url, max: 6 })
  try {
    for (let seed = 1; seed <= 8; seed++) {
      const random = seeded(seed)
      await live(random, 2)
      await shuffleRegistry(db.pool, random, devices, now)
      // workers that take the log again and again, with more of it than was there before
      const more = {
        sigfox: samplingFrames(seeded(seed + 100), now, 40),
        nbiot: awkwardNbiot(seeded(seed + 100), now, 40),
      }
      const traffic = lanes.map(async (lane) => {
        const topic = memoryStream<MessageId>()
        const { raw, pulse } = pipeline(workers, lane, topic)
        const log = random.shuffled<RawItem>([...more[lane], ...logs[lane], ...more[lane]])
        for (let at = 0; at < log.length; at += 4) {
          await raw(log.slice(at, at + 4))
          await pulse(topic.items.slice(-7))
        }
      })
      const replay = replayer(workers)
      const known = [
        ...new Set([...devices, ...Object.values(more).flatMap((log) => log.map((item) => item.deviceId ?? ''))]),
      ]
      const replays = Array.from({ length: 6 }, async () => replay(known.filter(Boolean), all, false))
      const closing = async () => {
        for (const daysAgo of [1, 0, -1]) {
          await pause(100)
          await closeBefore(db.pool, daysAgo)
        }
      }
      await Promise.all([...traffic, ...replays, closing()])
      await replay(known.filter(Boolean), all, false)
      const replayed = await kept(db.pool)
      await expectConservation()
      await decodeAfresh(db.pool)
      expect(replayed).toEqual(await kept(db.pool))
    }
  } finally {
    await workers.end()
  }
})
