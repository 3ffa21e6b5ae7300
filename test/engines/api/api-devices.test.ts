import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, openApi } from '../../support/api.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'

let database: TestDatabase
let get: (url: string) => Promise<Answer>

const startMs = Math.floor(Date.now() / 1000) * 1000
const hoursAgo = (hours: number) => new Date(startMs - hours * 3_600_000).toISOString()
const withoutZeros = (text: string) => text.replace('.000', '')

beforeAll(async () => {
  database = await openDatabase()
  get = await openApi(database)
  const { pool } = database
  await pool.query(
    `INSERT INTO device VALUES
       ('A1', '2025-01-01Z', 'sigfox', 'adeunis-pulse@2', 1000, 1, NULL, 'UTC'),
       ('A1', '2026-01-01Z', 'sigfox', 'adeunis-pulse@3', 1000, 450, 3600, 'Europe/Paris'),
       ('A1', now() + interval '1 day', 'sigfox', 'adeunis-pulse@4', 1, 1, NULL, 'UTC'),
       ('A2', '2998-01-01Z', 'sigfox', 'adeunis-pulse@4', 1, 1, NULL, 'UTC'),
       ('A2', '2999-01-01Z', 'sigfox', 'adeunis-pulse@1', 1, 1, NULL, 'UTC')`,
  )
  await pool.query(
    `INSERT INTO reading_late SELECT at::timestamptz, now(), 1, gen_random_uuid(), 'measured', channel, id FROM (VALUES
       ($1, 'A', 'A1'), ($2, 'B', 'A1'), ($1, 'A', '867787050123456')) v (at, channel, id)`,
    [hoursAgo(50), hoursAgo(30)],
  )
  await pool.query(`INSERT INTO event VALUES ($1, 0, gen_random_uuid(), '867787050123456', 'leak', 'A')`, [hoursAgo(2)])
  await pool.query(
    `INSERT INTO reject VALUES (gen_random_uuid(), $1, NULL, 'sigfox', 'pulse', 'unknown_device', 'BEEF', ''),
       (gen_random_uuid(), $1, NULL, 'sigfox', 'door', 'body_empty', NULL, '')`,
    [hoursAgo(1)],
  )
})
afterAll(() => database.close())

test('the list of devices has registered and unregistered ones, each with the registration in force', async () => {
  const unregistered = {
    profile: null,
    millilitresPerPulse: null,
    samplePeriodSeconds: null,
    timeZone: null,
    meterId: null,
    validFrom: null,
    validTo: null,
  }
  expect((await get('/v1/devices')).json).toEqual({
    devices: [
      { deviceId: '867787050123456', network: 'nbiot', ...unregistered, lastSeenAt: withoutZeros(hoursAgo(2)) },
      {
        deviceId: 'A1',
        network: 'sigfox',
        profile: 'adeunis-pulse@3',
        millilitresPerPulse: '1000/450',
        samplePeriodSeconds: 3600,
        timeZone: 'Europe/Paris',
        meterId: null,
        validFrom: '2026-01-01T00:00:00Z',
        validTo: null,
        lastSeenAt: withoutZeros(hoursAgo(30)),
      },
      {
        deviceId: 'A2',
        network: 'sigfox',
        profile: 'adeunis-pulse@4',
        millilitresPerPulse: '1',
        samplePeriodSeconds: null,
        timeZone: 'UTC',
        meterId: null,
        validFrom: '2998-01-01T00:00:00Z',
        validTo: null,
        lastSeenAt: null,
      },
      { deviceId: 'BEEF', network: 'sigfox', ...unregistered, lastSeenAt: withoutZeros(hoursAgo(1)) },
    ],
    next: null,
  })
})

const ids = async (url: string): Promise<string[]> => {
  const { json } = await get(url)
  const found = json.devices.map(({ deviceId }: { deviceId: string }) => deviceId)
  return json.next === null ? found : [...found, ...(await ids(`${url.split('&cursor')[0]}&cursor=${json.next}`))]
}

test('pages of devices leave no device out', async () => {
  for (const limit of [1, 2, 3, 4]) {
    expect(await ids(`/v1/devices?limit=${limit}`)).toEqual(['867787050123456', 'A1', 'A2', 'BEEF'])
  }
})

test('silent_for lists the devices that were not seen for this long, or never', async () => {
  expect(await ids('/v1/devices?silent_for=PT26H')).toEqual(['A1', 'A2'])
  expect(await ids('/v1/devices?silent_for=P2D')).toEqual(['A2'])
  expect(await ids('/v1/devices?silent_for=PT26H&limit=1')).toEqual(['A1', 'A2'])
})

test('if few of many devices are silent, pages may be short, but all silent devices are listed', async () => {
  await database.pool.query(
    `INSERT INTO event SELECT now(), 0, gen_random_uuid(), 'C' || to_hex(n), 'leak', 'A' FROM generate_series(1, 10500) n`,
  )
  await database.pool.query(`INSERT INTO event VALUES ('2026-01-01Z', 0, gen_random_uuid(), 'F1', 'leak', 'A')`)
  const first = (await get('/v1/devices?silent_for=PT26H')).json
  expect(first).toMatchObject({ devices: { length: 2 }, next: expect.any(String) })
  expect(await ids('/v1/devices?silent_for=PT26H&limit=1000')).toEqual(['A1', 'A2', 'F1'])
})
