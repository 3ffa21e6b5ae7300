import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, openApi } from '../../support/api.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'

let database: TestDatabase
let get: (url: string, method?: string) => Promise<Answer>

const addReadings = (device: string, channel: string, firstHour: number, hours: number) =>
  database.pool.query(
    `INSERT INTO reading_late SELECT '2026-01-01Z'::timestamptz + h * interval '1 hour', '2026-01-09T00:00:00.250Z', 1000 + h,
       gen_random_uuid(), 'measured', $2, $1 FROM generate_series($3::int, $3::int + $4::int - 1) AS h`,
    [device, channel, firstHour, hours],
  )

beforeAll(async () => {
  database = await openDatabase()
  get = await openApi(database)
  await database.pool.query(
    `INSERT INTO device VALUES ('4D3091', '2025-01-01Z', 'sigfox', 'adeunis-pulse@3', 1000, 450, 3600, 'Europe/Paris'),
       ('867787050123456', '2025-01-01Z', 'nbiot', 'dragino-sw3l-nb', 1000, 1, NULL, 'UTC')`,
  )
  await addReadings('4D3091', 'A', 0, 5)
  await addReadings('4D3091', 'B', 2, 2)
})

afterAll(() => database.close())

test('readings of a device are in the order of time and channel, in the documented form', async () => {
  const { status, json } = await get('/v1/devices/4D3091/readings?limit=4')
  expect(status).toBe(200)
  expect(json).toMatchObject({ deviceId: '4D3091', network: 'sigfox', profile: 'adeunis-pulse@3' })
  expect(json.readings[0]).toEqual({
    channel: 'A',
    readAt: '2026-01-01T00:00:00Z',
    receivedAt: '2026-01-09T00:00:00.250Z',
    index: 1000,
    quality: 'measured',
  })
  expect(json.readings.map((r: { readAt: string; channel: string }) => r.readAt.slice(11, 13) + r.channel)).toEqual([
    '00A',
    '01A',
    '02A',
    '02B',
  ])
})

test('joined, pages of any size are the whole list, each row once', async () => {
  const whole = (await get('/v1/devices/4D3091/readings')).json
  expect(whole).toMatchObject({ next: null, readings: { length: 7 } })
  for (const limit of [1, 2, 3, 7]) {
    const rows = []
    let next: string | null = null
    do {
      const page = await get(`/v1/devices/4D3091/readings?limit=${limit}${next ? `&cursor=${next}` : ''}`)
      rows.push(...page.json.readings)
      next = page.json.next
    } while (next !== null)
    expect(rows).toEqual(whole.readings)
  }
})

test('rows that arrive before the cursor do not shift the next page', async () => {
  await addReadings('AA', 'A', 10, 6)
  const first = (await get('/v1/devices/AA/readings?limit=3')).json
  await addReadings('AA', 'A', 5, 3)
  await addReadings('AA', 'A', 20, 1)
  const second = (await get(`/v1/devices/AA/readings?limit=3&cursor=${first.next}`)).json
  expect(second.readings.map((r: { index: number }) => r.index)).toEqual([1013, 1014, 1015])
  const third = (await get(`/v1/devices/AA/readings?limit=3&cursor=${second.next}`)).json
  expect(third).toMatchObject({ readings: [{ index: 1020 }], next: null })
})

test('from is inclusive and to is exclusive', async () => {
  const { json } = await get('/v1/devices/4D3091/readings?from=2026-01-01T01:00:00Z&to=2026-01-01T02:00:00Z')
  expect(json.readings.map((r: { readAt: string }) => r.readAt)).toEqual(['2026-01-01T01:00:00Z'])
})

test('a registered device without readings is an empty list, an unknown device is a 404', async () => {
  expect((await get('/v1/devices/867787050123456/readings')).json).toEqual({
    deviceId: '867787050123456',
    network: 'nbiot',
    profile: 'dragino-sw3l-nb',
    readings: [],
    next: null,
  })
  for (const path of ['readings', 'events']) {
    const unknown = await get(`/v1/devices/DEAD/${path}`)
    expect(unknown).toMatchObject({ status: 404, json: { error: expect.stringContaining('DEAD') } })
  }
})

test.each([
  ['a reading', `INSERT INTO reading_late VALUES ('2026-01-01Z', now(), 1, gen_random_uuid(), 'measured', 'A', $1)`],
  ['an event', `INSERT INTO event VALUES ('2026-01-01Z', 0, gen_random_uuid(), $1, 'leak', 'A')`],
  [
    'a reject',
    `INSERT INTO reject VALUES (gen_random_uuid(), now(), NULL, 'sigfox', 'pulse', 'unknown_device', $1, '')`,
  ],
])('an unregistered device is known if it has %s', async (what, insert) => {
  const id = { 'a reading': 'B1', 'an event': 'B2', 'a reject': 'B3' }[what] ?? ''
  expect((await get(`/v1/devices/${id}/events`)).status).toBe(404)
  await database.pool.query(insert, [id])
  expect((await get(`/v1/devices/${id}/events`)).status).toBe(200)
  expect((await get(`/v1/devices/${id}/readings`)).json).toMatchObject({ network: 'sigfox', profile: null })
})

test('an id may be written with leading zeros and in either case', async () => {
  for (const id of ['4d3091', '004D3091', '00000000004d3091']) {
    expect((await get(`/v1/devices/${id}/readings`)).json?.deviceId).toBe('4D3091')
  }
})

test('the value of an event has its unit as its name', async () => {
  await database.pool.query(
    `INSERT INTO event SELECT '2026-01-02Z', value, gen_random_uuid(), 'E1', kind, channel FROM (VALUES
       ('low_battery', '', 3100), ('flow_alarm', 'A', 12), ('tamper', 'B', 0), ('flow_alarm', 'A', 7)) v (kind, channel, value)`,
  )
  const { json } = await get('/v1/devices/E1/events')
  const at = '2026-01-02T00:00:00Z'
  expect(json).toEqual({
    deviceId: 'E1',
    events: [
      { at, kind: 'flow_alarm', channel: 'A', detail: { pulsesPerHour: 7 } },
      { at, kind: 'flow_alarm', channel: 'A', detail: { pulsesPerHour: 12 } },
      { at, kind: 'low_battery', channel: null, detail: { millivolts: 3100 } },
      { at, kind: 'tamper', channel: 'B', detail: {} },
    ],
    next: null,
  })
  const first = (await get('/v1/devices/E1/events?limit=1')).json
  const rest = (await get(`/v1/devices/E1/events?cursor=${first.next}`)).json
  expect([...first.events, ...rest.events]).toEqual(json.events)
})

test('flow adds up the shards of each lane, in the documented form', async () => {
  await database.pool.query(
    `UPDATE flow SET raw_received = 10, raw_stored = 7, raw_duplicates = 2, raw_rejected = 1, pulse_decoded = 4,
       pulse_rejected = 1, readings = 30 WHERE lane = 'sigfox' AND shard < 2`,
  )
  const zero = { received: 0, stored: 0, duplicates: 0, rejected: 0 }
  expect((await get('/v1/flow')).json).toEqual({
    lanes: {
      sigfox: {
        raw: { received: 20, stored: 14, duplicates: 4, rejected: 2 },
        pulse: { stored: 14, decoded: 8, rejected: 2, pending: 4 },
        readings: 60,
        waiting: null,
      },
      nbiot: { raw: zero, pulse: { stored: 0, decoded: 0, rejected: 0, pending: 0 }, readings: 0, waiting: null },
    },
  })
})

test.each([
  ['/v1/devices/XYZ/readings', 'XYZ'],
  ['/v1/devices/123456789/readings', '123456789'],
  ['/v1/rejects?from=yesterday', 'from'],
  ['/v1/rejects?to=2026-02-30', 'to'],
  ['/v1/rejects?limit=0', 'limit'],
  ['/v1/rejects?limit=10001', '10000'],
  ['/v1/rejects?cursor=nonsense', 'cursor'],
  ['/v1/devices?silent_for=26h', 'silent_for'],
  ['/v1/rejects?limt=5', 'limt'],
  ['/v1/flow?limit=5', 'none'],
])('%s is a 400 with one sentence', async (url, word) => {
  const { status, json } = await get(url)
  expect(status).toBe(400)
  expect(Object.keys(json)).toEqual(['error'])
  expect(json.error).toContain(word)
})

test('a cursor of one path is refused by another', async () => {
  const { next } = (await get('/v1/devices/4D3091/readings?limit=1')).json
  expect((await get(`/v1/rejects?cursor=${next}`)).status).toBe(400)
})

test('the answer to an unknown path names the paths; another method is refused', async () => {
  const nowhere = await get('/v1/meters')
  expect(nowhere).toMatchObject({ status: 404, json: { error: expect.stringContaining('/v1/devices/{id}/readings') } })
  expect(await get('/v1/flow', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET' } })
})

test('an index that JSON cannot hold exactly is an error, never a rounded number', async () => {
  await database.pool.query(
    `INSERT INTO reading_late VALUES ('2026-01-01Z', now(), 9007199254740993, gen_random_uuid(), 'measured', 'A', 'C1')`,
  )
  expect((await get('/v1/devices/C1/readings')).status).toBe(500)
})

test('without the database the answer is 503', async () => {
  const away = await openApi({ ...database, port: 1 })
  expect(await away('/v1/flow')).toMatchObject({ status: 503, json: { error: expect.any(String) } })
})
