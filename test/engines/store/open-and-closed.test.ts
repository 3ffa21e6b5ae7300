import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { apiStore } from '../../../adapters/postgres/api/index.ts'
import type { Slice } from '../../../core/api/parameters.ts'
import type { EventRow } from '../../../core/api/store.ts'
import type { MessageId } from '../../../core/message/identity.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { type Answer, openApi } from '../../support/api.ts'
import { closeBefore, midnightMs, openDays, readingsKept, whereabouts } from '../../support/closed-days.ts'
import { heldWorker, isDone } from '../../support/held-worker.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { conservation, contents, pipeline, replay } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { draginoDatagram, nbiotItem, sigfoxUplink } from '../../support/traffic.ts'

let db: TestDatabase
let get: (url: string) => Promise<Answer>
beforeAll(async () => {
  db = await openDatabase()
  get = await openApi(db)
})
afterAll(() => db.close())
beforeEach(() => openDays(db.pool, 5))

const hour = 3_600
const secondsAt = (daysAgo: number, hours: number) => midnightMs(daysAgo) / 1000 + hours * hour
const everything: Slice = { fromMs: null, toMs: null, silentForMs: null, after: null, limit: 1_000 }
const frame = (daysAgo: number, hours: number, hex: string, seqNumber: number) =>
  sigfoxUplink(1, secondsAt(daysAgo, hours), 0, { seqNumber, payload: Buffer.from(hex, 'hex') })
const index = (daysAgo: number, hours: number, value: number, seqNumber: number) =>
  sigfoxUplink(1, secondsAt(daysAgo, hours), value, { seqNumber })

/** `/v1` events of a device, page by page. */
const eventsBy = async (deviceId: string, limit: number): Promise<EventRow[]> => {
  const all: EventRow[] = []
  for (let after: Slice['after'] = null; ; ) {
    const page = await apiStore(db.pool).eventsOf(deviceId, { ...everything, after, limit })
    all.push(...page)
    const last = page.at(-1)
    if (!last || page.length < limit)
      return all.map(({ atMs, kind, channel, value }) => ({ atMs, kind, channel, value }))
    after = [last.atMs, last.kind, last.channel, last.value]
  }
}

/** Samples every half hour (a configuration says so) that differ from indexes sent at their instants, and two of those. */
const disputed: readonly RawItem[] = [
  frame(4, 1, '1000010018aa0384aa0001', 1),
  // 1000 at 02:00, 990 at 01:30, 970 at 01:00
  frame(4, 2, '5a00000003e8000a0014', 2),
  index(4, 1.5, 980, 3),
  index(4, 2, 1_001, 4),
  index(4, 2, 999, 5),
  // 1100 at midnight, 1090 and 1070 on the day before
  frame(3, 0, '5a000000044c000a0014', 6),
  index(4, 23.5, 1_091, 7),
  index(3, 0, 1_100, 8),
]

const conflictsOfDisputed = [
  [4, 1.5, 990],
  [4, 2, 999],
  [4, 2, 1_000],
  [4, 23.5, 1_090],
].map(([daysAgo = 0, hours = 0, value = 0]) => ({
  atMs: secondsAt(daysAgo, hours) * 1000,
  kind: 'index_conflict',
  channel: 'A',
  value,
}))

test('events of a device are the same list while its days are open, when they are closed, and with any of its messages late', async () => {
  const look = async () => {
    const lists = await Promise.all([1, 2, 1_000].map((limit) => eventsBy('C00001', limit)))
    expect(lists[0]).toEqual(lists[2])
    expect(lists[1]).toEqual(lists[2])
    return lists[0]
  }
  await replay(db.pool, 'sigfox', disputed)
  const expected = await look()
  const conflicts = expected?.filter(({ kind, channel }) => kind === 'index_conflict' && channel === 'A')
  expect(conflicts).toEqual(conflictsOfDisputed)
  for (const daysAgo of [3, 2, 1]) {
    await closeBefore(db.pool, daysAgo)
    expect(await look()).toEqual(expected)
  }
  for (const late of disputed) {
    await openDays(db.pool, 5)
    await replay(
      db.pool,
      'sigfox',
      disputed.filter((one) => one !== late),
    )
    await closeBefore(db.pool, 3)
    await replay(db.pool, 'sigfox', [late])
    expect(await look()).toEqual(expected)
    await closeBefore(db.pool, 1)
    expect(await look()).toEqual(expected)
  }
}, 30_000)

test('the flow counts readings as they are told while their day is open, and as they are merged when it is closed', async () => {
  const counted = async () =>
    (await apiStore(db.pool).flow()).map(({ lane, readings }) => [lane, readings]).sort() as [string, number][]
  const look = async (nbiot: number, sigfox: number) => {
    expect(await counted()).toEqual([
      ['nbiot', nbiot],
      ['sigfox', sigfox],
    ])
    expect(await readingsKept(db.pool)).toEqual({ sigfox, nbiot })
  }
  // three messages of one instant, twice; each tells two channels
  const three = (daysAgo: number) => [1, 2, 3].map((n) => index(daysAgo, 5, 10 * n, n))
  await replay(db.pool, 'sigfox', [...three(4), ...three(2)])
  // five readings, of which the second datagram tells three again
  const history = (newest: number, records: number) =>
    nbiotItem(
      draginoDatagram(
        1,
        secondsAt(3, newest),
        100 + newest,
        Array.from({ length: records }, (_, k) => [100 + newest - k - 1, secondsAt(3, newest - k - 1)]),
      ),
      (secondsAt(3, newest) + 5) * 1000,
    )
  await replay(db.pool, 'nbiot', [history(4, 3), history(5, 3)])
  await look(8, 12)
  await replay(db.pool, 'sigfox', three(4))
  await look(8, 12)
  await closeBefore(db.pool, 3)
  await look(8, 8)
  await closeBefore(db.pool, 2)
  await look(5, 8)
  // told late: once more until the next closing
  await replay(db.pool, 'sigfox', [...three(4), index(4, 5, 40, 4)])
  await look(5, 16)
  await closeBefore(db.pool, 1)
  await look(5, 4)
})

/** 25 records, one every two hours until `hours`: the 24 before the newest lie on three days. */
const longHistory = (daysAgo: number, hours: number) => {
  const newest = secondsAt(daysAgo, hours)
  const pulses = (seconds: number) => 5_000 + (seconds - secondsAt(10, 0)) / hour
  const records = Array.from({ length: 24 }, (_, k): [number, number] => {
    const seconds = newest - (k + 1) * 2 * hour
    return [pulses(seconds), seconds]
  })
  return nbiotItem(draginoDatagram(1, newest, pulses(newest), records), (newest + 60) * 1000)
}

test('each reading of a history that is told on three days ends in the row of its own day, once', async () => {
  const told = [4, 3, 2].map((daysAgo) => longHistory(daysAgo, 23))
  // by a clock that is ahead: the newest of it lies on the next day, which is open still when its message is folded
  const ahead = nbiotItem(
    draginoDatagram(1, secondsAt(4, 23.99), 6_000, [[6_001, secondsAt(3, 0.01)]]),
    secondsAt(4, 23.99) * 1000,
  )
  const byDay = async () =>
    (
      await db.pool.query(
        `SELECT floor(date_part('epoch', $1::timestamptz - day::timestamp AT TIME ZONE 'UTC') / 86400)::int AS "daysAgo",
           cardinality(at) AS readings, (SELECT count(DISTINCT a)::int FROM unnest(at) AS a) AS instants,
           (SELECT min(a) >= 0 AND max(a) < 86400000 FROM unnest(at) AS a) AS own
         FROM reading_day ORDER BY day`,
        [new Date(midnightMs(0))],
      )
    ).rows
  await replay(db.pool, 'nbiot', [...told, ahead])
  const expected = await contents(db.pool)
  // every two hours from 23:00 six days ago until 23:00 the day before yesterday, and the two of the clock ahead
  expect(expected.reading).toHaveLength(49 + 2)
  const view = async () => (await db.pool.query('SELECT r::text FROM reading r ORDER BY 1')).rows
  const shown = await view()
  expect(shown).toHaveLength(51)
  const day = (daysAgo: number, readings: number) => ({ daysAgo, readings, instants: readings, own: true })
  for (const [closed, days] of [
    [3, [day(6, 1), day(5, 12), day(4, 13), day(3, 1)]],
    [2, [day(6, 1), day(5, 12), day(4, 13), day(3, 13)]],
    [1, [day(6, 1), day(5, 12), day(4, 13), day(3, 13), day(2, 12)]],
  ] as const) {
    await closeBefore(db.pool, closed)
    expect(await byDay()).toEqual(days)
    expect(await contents(db.pool)).toEqual(expected)
    expect(await view()).toEqual(shown)
  }
  expect(await readingsKept(db.pool)).toEqual({ sigfox: 0, nbiot: 51 })
  expect((await conservation(db.pool, 'nbiot')).flow.readings).toBe(51)
})

test('a message without a clock is folded by its receipt, an earlier copy moves what it told, and a later one nothing', async () => {
  const datagram = draginoDatagram(1, 0, 5)
  // the alarm of the main record
  datagram[datagram.length - 12] = 1
  const copy = (daysAgo: number) => nbiotItem(datagram, midnightMs(daysAgo) + 1_000)
  const store = apiStore(db.pool)
  const days = async () => (await db.pool.query('SELECT day::text, at FROM reading_day')).rows
  const dayOf = (daysAgo: number) => new Date(midnightMs(daysAgo)).toISOString().slice(0, 10)
  const standsAt = async (daysAgo: number) => {
    const atMs = midnightMs(daysAgo) + 1_000
    expect(await store.readingsOf('868411050000001', everything)).toMatchObject([
      { readAtMs: atMs, receivedAtMs: atMs, index: 5, quality: 'clock_unset' },
    ])
    expect((await db.pool.query('SELECT read_at FROM reading')).rows).toEqual([{ read_at: new Date(atMs) }])
    expect(await eventsBy('868411050000001', 1)).toMatchObject([{ atMs, kind: 'device_alarm', value: 1 }])
    expect((await conservation(db.pool, 'nbiot')).tables).toMatchObject({ stored: 1, decoded: 1, pending: 0 })
    expect((await conservation(db.pool, 'nbiot')).flow).toMatchObject({ stored: 1, decoded: 1 })
  }
  await replay(db.pool, 'nbiot', [copy(3)])
  await standsAt(3)
  // its day is not over
  await closeBefore(db.pool, 3)
  expect(await whereabouts(db.pool)).toEqual({ open: 0, late: 1, folded: 0, days: 0 })
  await closeBefore(db.pool, 2)
  expect(await whereabouts(db.pool)).toEqual({ open: 0, late: 0, folded: 1, days: 1 })
  expect(await days()).toEqual([{ day: dayOf(3), at: [1_000] }])
  await standsAt(3)
  await replay(db.pool, 'nbiot', [copy(4)])
  await standsAt(4)
  await closeBefore(db.pool, 2)
  expect(await days()).toEqual([{ day: dayOf(4), at: [1_000] }])
  await standsAt(4)
  await replay(db.pool, 'nbiot', [copy(2)])
  await standsAt(4)
  await closeBefore(db.pool, 1)
  expect(await days()).toEqual([{ day: dayOf(4), at: [1_000] }])
  await standsAt(4)
  expect((await conservation(db.pool, 'nbiot')).flow.readings).toBe(1)
})

test.each([
  ['with a clock', secondsAt(3, 5)],
  ['without a clock', null],
])(
  'a worker that holds a later copy of a message %s leaves the earliest receipt, even where that is folded already',
  async (_, timeSeconds) => {
    await closeBefore(db.pool, 2)
    const topic = memoryStream<MessageId>()
    const { raw, pulse } = pipeline(db.pool, 'sigfox', topic)
    const copy = (seconds: number): RawItem => ({
      // with a low battery
      ...frame(3, 5, '46020000000a00000014', 1),
      timeSeconds,
      receivedAtMs: (secondsAt(3, 5) + seconds) * 1000,
    })
    await raw([copy(120)])
    const worker = await heldWorker(db.pool, topic.items)
    await raw([copy(60)])
    await pulse(topic.items)
    await closeBefore(db.pool, 2)
    expect(await whereabouts(db.pool)).toMatchObject({ late: 0, folded: 2 })
    const expected = await contents(db.pool)
    expect([expected.reading?.length, expected.event?.length]).toEqual([2, 1])
    worker.goOn()
    await worker.counted
    expect(await contents(db.pool)).toEqual(expected)
    await closeBefore(db.pool, 2)
    expect(await contents(db.pool)).toEqual(expected)
    expect((await conservation(db.pool, 'sigfox')).flow).toMatchObject({ stored: 1, decoded: 1, readings: 2 })
  },
)

test('a day is closed only when a worker has written that took it for open', async () => {
  const topic = memoryStream<MessageId>()
  const { raw } = pipeline(db.pool, 'sigfox', topic)
  await raw([1, 2, 3].map((n) => index(3, n, n, n)))
  const worker = await heldWorker(db.pool, topic.items)
  const closing = closeBefore(db.pool, 1)
  expect(await isDone(closing, 300)).toBe(false)
  worker.goOn()
  await worker.counted
  expect(await closing).toMatchObject({ isDone: true })
  expect(await whereabouts(db.pool)).toEqual({ open: 0, late: 0, folded: 6, days: 2 })
  expect((await conservation(db.pool, 'sigfox')).tables).toMatchObject({ stored: 3, decoded: 3, pending: 0 })
})

test('pages of messages, readings and events go on where they were when days are closed in between', async () => {
  const readings = Array.from({ length: 60 }, (_, n) =>
    sigfoxUplink(n % 3, secondsAt(4, 0) + Math.floor(n / 3) * 4 * hour, 1_000 + n, { seqNumber: n }),
  )
  // the same instants with other indexes: an event each
  const rivals = readings
    .filter((_, n) => n % 2 === 0)
    .map((uplink, n) =>
      sigfoxUplink(Number.parseInt(uplink.deviceId, 16) - 0xc00000, uplink.timeSeconds ?? 0, 7, { seqNumber: 100 + n }),
    )
  const urls = ['/v1/messages', '/v1/readings', '/v1/devices/C00001/readings', '/v1/devices/C00000/events']
  const page = async (url: string, limit: number, cursor: string | null) => {
    const { status, headers, json, text } = await get(`${url}?limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`)
    expect(status).toBe(200)
    // exports are lines, with the cursor in a header
    if (json === null)
      return { rows: text.split('\n').slice(0, -1), next: (headers['x-next-cursor'] as string) ?? null }
    return { rows: (json.readings ?? json.events) as unknown[], next: json.next as string | null }
  }
  for (const url of urls) {
    await openDays(db.pool, 5)
    await replay(db.pool, 'sigfox', [...readings, ...rivals])
    const whole = (await page(url, 1_000, null)).rows
    expect(whole.length).toBeGreaterThan(14)
    const limit = Math.ceil(whole.length / 6)
    const found: unknown[] = []
    let cursor: string | null = null
    // a day is closed after each page, and in the end there is none
    for (let daysAgo = 4; daysAgo === 4 || cursor !== null; daysAgo--) {
      const { rows, next } = await page(url, limit, cursor)
      found.push(...rows)
      cursor = next
      await closeBefore(db.pool, Math.max(daysAgo - 1, 0))
    }
    expect(found).toEqual(whole)
    expect(await whereabouts(db.pool)).toMatchObject({ open: 0 })
  }
}, 30_000)
