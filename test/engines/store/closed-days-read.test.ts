import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { apiStore } from '../../../adapters/postgres/api/index.ts'
import { deleteOldReadings } from '../../../adapters/postgres/upkeep/retention.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { operations } from '../../../operations/index.ts'
import { closeBefore, midnightMs, openDays, whereabouts } from '../../support/closed-days.ts'
import { conservation, contents, replay } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { draginoDatagram, nbiotItem, seeded, sigfoxUplink } from '../../support/traffic.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())
beforeEach(async () => {
  await openDays(db.pool, 6)
  await db.pool.query('DELETE FROM device')
})

const hourSeconds = 3_600
const startMs = midnightMs(5)
const deviceIds = ['C00000', 'C00001', 'C00002']

/** Three devices, every three hours for five days. */
const log: RawItem[] = Array.from({ length: 120 }, (_, n) =>
  sigfoxUplink(n % 3, startMs / 1000 + Math.floor(n / 3) * 3 * hourSeconds, 1_000 + n),
)

/** Some days closed, late messages of them, some days open. */
const mixed = async () => {
  const late = log.filter((_, n) => n % 17 === 0)
  await replay(
    db.pool,
    'sigfox',
    log.filter((_, n) => n % 17 > 0),
  )
  await closeBefore(db.pool, 2)
  await replay(db.pool, 'sigfox', late)
  expect(await whereabouts(db.pool)).toMatchObject({ open: 48, late: 5, folded: 134 })
}

const query = fc.record({
  limit: fc.constantFrom(1, 2, 7, 40, 1_000),
  from: fc.option(fc.integer({ min: -10, max: 130 }), { nil: null }),
  to: fc.option(fc.integer({ min: -10, max: 130 }), { nil: null }),
})

test('pages of readings over closed and open days are those of rows, in every range, order and size', async () => {
  await replay(db.pool, 'sigfox', log)
  const store = apiStore(db.pool)
  const whole = {
    all: await store.readings({ fromMs: null, toMs: null, silentForMs: null, after: null, limit: 1_000 }),
    own: await store.readingsOf('C00001', { fromMs: null, toMs: null, silentForMs: null, after: null, limit: 1_000 }),
    devices: await store.devices({ fromMs: null, toMs: null, silentForMs: null, after: null, limit: 10 }),
  }
  expect([whole.all.length, whole.own.length]).toEqual([240, 80])
  await openDays(db.pool, 6)
  await mixed()
  expect(await store.devices({ fromMs: null, toMs: null, silentForMs: null, after: null, limit: 10 })).toEqual(
    whole.devices,
  )
  expect(await Promise.all([...deviceIds, 'C00009'].map((id) => store.seen(id)))).toEqual([true, true, true, false])
  await fc.assert(
    fc.asyncProperty(query, async ({ limit, from, to }) => {
      const [fromMs, toMs] = [from, to].map((hours) => (hours === null ? null : startMs + hours * 3_600_000)) as [
        number | null,
        number | null,
      ]
      const isWithin = ({ readAtMs }: { readAtMs: number }) =>
        readAtMs >= (fromMs ?? -Infinity) && readAtMs < (toMs ?? Infinity)
      const all: typeof whole.all = []
      for (let after: unknown[] | null = null; ; ) {
        const page = await store.readings({ fromMs, toMs, silentForMs: null, after: after as never, limit })
        all.push(...page)
        const last = page.at(-1)
        if (!last || page.length < limit) break
        after = [last.deviceId, last.channel, last.readAtMs]
      }
      expect(all).toEqual(whole.all.filter(isWithin))
      const own: typeof whole.own = []
      for (let after: unknown[] | null = null; ; ) {
        const page = await store.readingsOf('C00001', { fromMs, toMs, silentForMs: null, after: after as never, limit })
        own.push(...page)
        const last = page.at(-1)
        if (!last || page.length < limit) break
        after = [last.readAtMs, last.channel]
      }
      expect(own).toEqual(whole.own.filter(isWithin))
    }),
    { numRuns: 25, seed: 20_261_123 },
  )
}, 60_000)

const buffers = async (statement: string, values: unknown[]) => {
  const { rows } = await db.pool.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`, values)
  const { Plan } = rows[0]['QUERY PLAN'][0]
  return Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks']
}

test('a page unfolds no more days than it shows, whatever lies behind it', async () => {
  const nextDevices = 'SELECT device_id FROM devices_behind($1, $2)'
  // each hour of each open day is looked into, however little is there
  const ofEmpty = await buffers(nextDevices, ['', 1])
  await db.pool.query(
    `INSERT INTO reading_late SELECT at, at, 5, gen_random_uuid(), 'measured', 'A', 'D' || lpad(n::text, 5, '0')
     FROM generate_series($1::timestamptz, $1::timestamptz + interval '9 days 23 hours', '1 hour') AS at, generate_series(1, 500) AS n`,
    [new Date(midnightMs(40))],
  )
  expect(await closeBefore(db.pool, 6)).toMatchObject({ rows: 5_000, isDone: true })
  await db.pool.query('VACUUM ANALYZE reading_day, reading_late')
  const seen: { text: string; values: unknown[] }[] = []
  const watch = <T extends pg.Pool | pg.PoolClient>(connection: T): T =>
    Object.create(connection, {
      query: {
        value: (text: string, values: unknown[]) => {
          if (/^\s*(SELECT|WITH)/.test(text)) seen.push({ text, values })
          return connection.query(text, values)
        },
      },
    })
  const watched = Object.create(watch(db.pool), { connect: { value: async () => watch(await db.pool.connect()) } })
  const store = apiStore(watched)
  const range = { fromMs: null, toMs: null, silentForMs: null, after: null, limit: 100 }
  expect(await store.readings(range)).toHaveLength(100)
  expect(await store.readings({ ...range, fromMs: midnightMs(35) })).toHaveLength(100)
  expect(await store.readingsOf('D00007', range)).toHaveLength(100)
  expect(seen.filter(({ text }) => text === nextDevices)).toHaveLength(2)
  for (const { text, values } of seen)
    expect(await buffers(text, values)).toBeLessThan((text === nextDevices ? ofEmpty : 0) + 150)
})

test('a replay sees and changes closed days as if they were rows, and erasing and retention remove them', async () => {
  const { setDevice, startReplay, continueReplay, eraseDevice } = operations(db.pool, 'adeunis-pulse@3')
  const selection = { deviceId: 'C00001', reason: null, profile: null, fromMs: null, toMs: null }
  const replayed = async () => {
    const job = await startReplay({ selection, dryRun: false })
    return (await continueReplay({ job, selection, dryRun: false })).report
  }
  await mixed()
  expect(await replayed()).toMatchObject({ messages: 40, readingsGone: 0, readingsAdded: 0, readingsChanged: 0 })
  expect(await whereabouts(db.pool)).toMatchObject({ open: 48, late: 5, folded: 134 })
  await setDevice({
    deviceId: 'C00001',
    network: 'sigfox',
    profile: 'icemeter-pulse@1',
    weightMillilitres: 1,
    weightPulses: 1,
    samplePeriodSeconds: null,
    timeZone: null,
    meterId: null,
    fromMs: null,
  })
  expect(await replayed()).toMatchObject({ messages: 40, readingsGone: 80, newlyRejected: 40 })
  expect((await conservation(db.pool, 'sigfox')).flow.readings).toBe(160)
  expect((await contents(db.pool)).reading).toHaveLength(160)
  await closeBefore(db.pool, 2)

  expect(await eraseDevice({ deviceId: 'C00002', lane: 'sigfox' })).toMatchObject({ messages: 40, readings: 80 })
  expect((await conservation(db.pool, 'sigfox')).flow.readings).toBe(80)

  expect(await deleteOldReadings(db.pool, 4, 60_000)).toMatchObject({ readings: 16 })
  await closeBefore(db.pool, 1)
  expect(await deleteOldReadings(db.pool, 1, 60_000)).toMatchObject({ readings: 48 })
  expect((await conservation(db.pool, 'sigfox')).flow.readings).toBe(16)
  expect(await whereabouts(db.pool)).toMatchObject({ open: 8, late: 0, folded: 0 })
})

test('a reading of a message without a clock leaves a closed day when an earlier copy of the message comes', async () => {
  const copy = (daysAgo: number) => nbiotItem(draginoDatagram(1, 0, 5), midnightMs(daysAgo) + 1_000)
  await replay(db.pool, 'nbiot', [copy(3)])
  await closeBefore(db.pool, 2)
  await replay(db.pool, 'nbiot', [copy(4)])
  const { rows } = await db.pool.query('SELECT read_at FROM reading')
  expect(rows).toEqual([{ read_at: new Date(midnightMs(4) + 1_000) }])
  await closeBefore(db.pool, 2)
  expect((await db.pool.query('SELECT read_at FROM reading')).rows).toEqual(rows)
  expect(await whereabouts(db.pool)).toEqual({ open: 0, late: 0, folded: 1, days: 1 })
  expect((await conservation(db.pool, 'nbiot')).flow.readings).toBe(1)
})

test('a configuration that comes late times histories anew that are in closed days already', async () => {
  const sampling = (daysAgo: number, hour: number, hex: string, seqNumber: number) =>
    sigfoxUplink(0x20, midnightMs(daysAgo) / 1000 + hour * hourSeconds, 0, {
      seqNumber,
      payload: Buffer.from(hex, 'hex'),
    })
  await replay(db.pool, 'sigfox', [
    sampling(4, 2, '1000010018aa0708aa0001', 1),
    sampling(3, 2, '5a00000003e8000a0014', 2),
  ])
  await closeBefore(db.pool, 2)
  await replay(db.pool, 'sigfox', [sampling(4, 9, '1000010018aa012caa0001', 3)])
  const { rows } = await db.pool.query(
    `SELECT (extract(epoch FROM $1 - read_at) / 60)::int AS minutes FROM reading WHERE quality = 'derived' ORDER BY 1`,
    [new Date(midnightMs(3) + 2 * 3_600_000)],
  )
  expect(rows).toEqual([{ minutes: 10 }, { minutes: 20 }])
})

test('closing the same days again and again after what comes late leaves one row a device, channel and day', async () => {
  const random = seeded(4)
  for (let at = 0; at < log.length; at += 20) {
    await replay(db.pool, 'sigfox', random.shuffled(log).slice(0, at + 20))
    await closeBefore(db.pool, 1)
  }
  await replay(db.pool, 'sigfox', log)
  await closeBefore(db.pool, 0)
  expect(await whereabouts(db.pool)).toEqual({ open: 0, late: 0, folded: 240, days: 30 })
})
