import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { indexClosedDays } from '../../../adapters/postgres/upkeep/indexes.ts'
import { ensurePartitions } from '../../../adapters/postgres/upkeep/partitions.ts'
import { deleteOldReadings, deleteOldUndated, dropOldDays } from '../../../adapters/postgres/upkeep/retention.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { closeBefore, openDays } from '../../support/closed-days.ts'
import { runTool } from '../../support/command.ts'
import { clear, contents, replay as takeIn } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { draginoDatagram, nbiotItem, sigfoxUplink } from '../../support/traffic.ts'
import vectors from '../../vectors/adeunis.json' with { type: 'json' }

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())

const daySeconds = 86_400
const today = Math.floor(Date.now() / 1000 / daySeconds) * daySeconds
const daysAgo = (days: number) => today - days * daySeconds + 60

const count = async (table: string) => (await db.pool.query(`SELECT FROM ${table}`)).rowCount
const onClient = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
  const client = await db.pool.connect()
  return work(client).finally(() => client.release())
}

const sigfoxDays = (...days: number[]): RawItem[] => days.map((n) => sigfoxUplink(1, daysAgo(n), 100 - n))

test('days before the retention go whole, once, and a replay leaves what their messages told', async () => {
  await clear(db.pool)
  await takeIn(db.pool, 'sigfox', [...sigfoxDays(35, 30, 5), sigfoxUplink(1, daysAgo(5), 7, { seqNumber: 9 })])
  const drop = () => onClient((client) => dropOldDays(client, 20))
  expect(await drop()).toBe(20)
  expect(await drop()).toBe(0)
  expect(await count('message')).toBe(2)
  expect(await count('decoding')).toBe(2)
  const readings = await db.pool.query('SELECT * FROM reading ORDER BY channel, read_at')
  const { stdout } = await runTool('replay', ['--device', 'C00001'], { DATABASE_URL: db.url })
  expect(stdout).toContain('1 devices, 2 messages decoded again\n  no difference')
  expect((await db.pool.query('SELECT * FROM reading ORDER BY channel, read_at')).rows).toEqual(readings.rows)
  expect(readings.rows).toHaveLength(6)
  await takeIn(db.pool, 'sigfox', [sigfoxUplink(1, daysAgo(30), 70, { receivedAtMs: today * 1000 })])
  expect((await db.pool.query('SELECT reason FROM reject')).rows).toEqual([{ reason: 'too_late' }])
  expect(await onClient((client) => ensurePartitions(client, 20, 8))).toBe(0)
})

test('what a history and a sample period told from both sides of the retention stays, and goes on to hold', async () => {
  await clear(db.pool)
  await db.pool.query(
    `INSERT INTO device (device_id, valid_from, network, profile, weight_millilitres, weight_pulses, time_zone)
     VALUES ('C00010', '2020-01-01', 'sigfox', 'adeunis-pulse@1', 1, 1, 'UTC')`,
  )
  const frame = (device: number, timeSeconds: number, hex: string) =>
    sigfoxUplink(device, timeSeconds, 0, { payload: Buffer.from(hex, 'hex'), seqNumber: timeSeconds % 4096 })
  const evening = today - 18 * daySeconds - 1_200
  const series = vectors.sequences[0]?.frames.map((hex, k) => frame(0x10, evening + k * 600, hex)) ?? []
  const history = (timeSeconds: number) => frame(0x11, timeSeconds, '5a00000003e8000a0014')
  await takeIn(db.pool, 'sigfox', [...series, frame(0x11, evening, '1000010018aa0708aa0001'), history(evening + 7_200)])
  const before = await contents(db.pool)
  expect(before.reading).toHaveLength(51)
  await onClient((client) => dropOldDays(client, 18))
  expect(await count('message')).toBe(12)
  const { stdout } = await runTool('replay', ['--from', '2015-01-01'], { DATABASE_URL: db.url })
  expect(stdout).toContain('no difference')
  const stands = async () => (({ reading, event }) => ({ reading, event }))(await contents(db.pool))
  expect(await stands()).toMatchObject({ reading: before.reading, event: before.event })
  await closeBefore(db.pool, 1)
  expect(await stands()).toMatchObject({ reading: before.reading, event: before.event })
  expect(await deleteOldReadings(db.pool, 1, 60_000)).toEqual({ readings: 51, events: 14 })
  await takeIn(db.pool, 'sigfox', [history(daysAgo(0))])
  // what a period told long ago times is decided beside it, and so by the program while its day is open
  const { reading = [] } = await contents(db.pool)
  expect(reading.filter((row) => row.includes('"quality":"derived"'))).toHaveLength(2)
  await clear(db.pool)
  await db.pool.query('DELETE FROM device')
})

test('a removal that was interrupted between detaching and dropping is finished by the next', async () => {
  const day = new Date((today - 15 * daySeconds) * 1000).toISOString().slice(0, 10).replaceAll('-', '')
  await db.pool.query(`ALTER TABLE decoding DETACH PARTITION decoding_${day} CONCURRENTLY`)
  expect(await onClient((client) => dropOldDays(client, 14))).toBe(4)
  const { rows } = await db.pool.query("SELECT relname FROM pg_class WHERE relname LIKE '%' || $1 || '%'", [day])
  expect(rows).toEqual([])
})

test('messages without a clock and rejects go with the days', async () => {
  await clear(db.pool)
  const unclocked = (days: number) => nbiotItem(draginoDatagram(days, 0, 5), daysAgo(days) * 1000)
  await takeIn(db.pool, 'nbiot', [unclocked(9), unclocked(3)])
  const reject = (days: number): RawItem => ({
    ...sigfoxUplink(1, daysAgo(days) + 90 * daySeconds, 1),
    receivedAtMs: daysAgo(days) * 1000,
  })
  await takeIn(db.pool, 'sigfox', [reject(9), reject(3)])
  expect(await onClient((client) => deleteOldUndated(client, 5))).toEqual({ messages: 1, rejects: 1 })
  expect([await count('message'), await count('decoding'), await count('reject')]).toEqual([1, 1, 1])
  expect(await onClient((client) => deleteOldUndated(client, 5))).toEqual({ messages: 0, rejects: 0 })
})

test('readings and events go by their own retention, device by device, and the flow counts what is left', async () => {
  await clear(db.pool)
  const devices = Array.from({ length: 450 }, (_, n) => n)
  await takeIn(
    db.pool,
    'sigfox',
    devices.flatMap((n) => [12, 2].map((days) => sigfoxUplink(n, daysAgo(days), n))),
  )
  await closeBefore(db.pool, 1)
  await db.pool.query(`INSERT INTO event SELECT read_at, 0, message_id, device_id, 'leak', channel FROM reading`)
  // one page of devices a call, as when time is short
  const first = await deleteOldReadings(db.pool, 10, -1)
  expect(first).toEqual({ readings: 400, events: 400 })
  expect(await deleteOldReadings(db.pool, 10, 60_000)).toEqual({ readings: 500, events: 500 })
  expect(await deleteOldReadings(db.pool, 10, 60_000)).toEqual({ readings: 0, events: 0 })
  expect([await count('reading'), await count('event')]).toEqual([900, 900])
  expect((await db.pool.query('SELECT sum(readings)::int AS left FROM flow')).rows).toEqual([{ left: 900 }])
})

test('a day that is over gets its index by device once, and one that failed is made again', async () => {
  const made = await onClient((client) => indexClosedDays(client, 60_000))
  expect(made).toBeGreaterThan(10)
  expect(await onClient((client) => indexClosedDays(client, 60_000))).toBe(0)
  await db.pool.query(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = (
    SELECT oid FROM pg_class WHERE relname ~ '^message_[0-9]+_device$' ORDER BY relname LIMIT 1)`)
  expect(await onClient((client) => indexClosedDays(client, 60_000))).toBe(1)
})

test('erasing a device removes it everywhere, also where only bytes name it, and says what went', async () => {
  await clear(db.pool)
  const imei = '868411050000007'
  await takeIn(
    db.pool,
    'nbiot',
    [7, 8].map((n) => nbiotItem(draginoDatagram(n, daysAgo(2), 5), daysAgo(2) * 1000)),
  )
  await takeIn(db.pool, 'nbiot', [nbiotItem(draginoDatagram(7, 0, 5), daysAgo(3) * 1000)])
  const datagram = Buffer.from(`f${imei}`, 'hex')
  for (const bytes of [datagram, Buffer.from(`{"device":"${imei}"}`), Buffer.from('868411050000008')])
    await db.pool.query(
      `INSERT INTO reject VALUES (gen_random_uuid(), now(), NULL, 'nbiot', 'door', 'truncated_datagram', NULL, $1)`,
      [bytes],
    )
  await runTool('devices', ['set', imei, '--profile', 'dragino-sw3l-nb', '--weight', '1'], { DATABASE_URL: db.url })
  const erase = (...args: string[]) => runTool('devices', ['erase', imei, ...args], { DATABASE_URL: db.url })
  expect(await erase()).toMatchObject({ code: 2, stdout: '' })
  const { stdout } = await erase('--yes')
  expect(stdout.split('\n').map((line) => line.trim().replace(/ +/, ' '))).toEqual([
    `Everything that was kept of device ${imei} is removed:`,
    'registrations 1',
    'messages 2',
    'readings 2',
    'events 0',
    'rejects 2',
    '2 of the rejects had its id in their bytes only.',
    '',
  ])
  for (const table of ['message', 'decoding', 'reading', 'reject']) expect(await count(table)).toBe(1)
  expect(await count('device')).toBe(0)
  expect((await db.pool.query('SELECT sum(readings)::int AS left FROM flow')).rows).toEqual([{ left: 1 }])
  expect((await erase('--yes')).stderr).toBe(`Nothing is kept of device ${imei}.\n`)
})

test('a day is closed with all its readings where its raw messages are removed already', async () => {
  await openDays(db.pool, 4)
  await takeIn(db.pool, 'sigfox', sigfoxDays(4, 3, 2))
  const { reading } = await contents(db.pool)
  await onClient((client) => dropOldDays(client, 3))
  expect(await count('message')).toBe(2)
  expect(await closeBefore(db.pool, 1)).toMatchObject({ days: 3, rows: 6, isDone: true })
  expect((await contents(db.pool)).reading).toEqual(reading)
  expect(await count('decoding')).toBe(2)
})
