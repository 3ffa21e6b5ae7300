import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { apiStore } from '../../../adapters/postgres/api/index.ts'
import { closeDays } from '../../../adapters/postgres/closed-days/close.ts'
import { migrate } from '../../../adapters/postgres/upkeep/migrate.ts'
import { ensurePartitions } from '../../../adapters/postgres/upkeep/partitions.ts'
import type { Reading } from '../../../core/readings/reading.ts'
import { operations } from '../../../operations/index.ts'
import { awkwardNbiot, awkwardSigfox } from '../../support/awkward-log.ts'
import { midnightMs, openDays, readingsKept } from '../../support/closed-days.ts'
import { conservation, contents, replay } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { seeded } from '../../support/traffic.ts'

const migrations = join(import.meta.dirname, '../../../db')
const lanes = ['sigfox', 'nbiot'] as const

let db: TestDatabase
let folder: string
/** A database of before, as its owner and as the workers sign in. */
let old: pg.Pool
let workers: pg.Pool
beforeAll(async () => {
  db = await openDatabase()
  folder = mkdtempSync(join(tmpdir(), 'sluice-before-'))
  for (const name of readdirSync(migrations).filter((name) => name < '0009'))
    cpSync(join(migrations, name), join(folder, name))
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await db.close()
})

const onClient = <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> =>
  old.connect().then((client) => work(client).finally(() => client.release()))

beforeEach(async () => {
  const database = 'before_told'
  await db.pool.query(`CREATE DATABASE ${database} TEMPLATE template0`)
  const { host, port, password } = db
  old = new pg.Pool({ host, port, password, database, user: 'postgres' })
  workers = new pg.Pool({ host, port, password, database, user: 'sluice_app' })
  for (const pool of [old, workers]) pool.on('error', () => {})
  await onClient(async (client) => {
    await migrate(client, folder)
    await client.query('SELECT ensure_partitions(10, 8)')
    await client.query('UPDATE closed_days SET before = $1', [new Date(midnightMs(2))])
    await client.query('SELECT ensure_open_days(8)')
  })
})
afterEach(async () => {
  await Promise.all([old.end(), workers.end()])
  await db.pool.query('DROP DATABASE before_told WITH (FORCE)')
})

// around two midnights: that of the border of the closed days, and the one after it
const logs = {
  sigfox: [2, 1].flatMap((days) => awkwardSigfox(seeded(days), midnightMs(days) / 1000 + 3 * 3_600, 40)),
  nbiot: [2, 1].flatMap((days) => awkwardNbiot(seeded(10 + days), midnightMs(days) / 1000 + 3 * 3_600, 40)),
}

/** What the log leaves in a database of now. */
const expectedOf = async () => {
  await openDays(db.pool, 5)
  for (const lane of lanes) await replay(db.pool, lane, logs[lane])
  return contents(db.pool)
}

/** How workers of before merged a reading: the statement that they go on to send until they are replaced. */
const mergeOfBefore = (table: string) => `
  INSERT INTO ${table} AS r (device_id, channel, read_at, index, quality, received_at, message_id)
  SELECT "deviceId", channel, to_timestamp("readAtMs" / 1000.0), index, quality, to_timestamp("receivedAtMs" / 1000.0), "messageId"
  FROM jsonb_to_recordset($1) AS t ("deviceId" text, channel text, "readAtMs" bigint, index bigint, quality reading_quality,
    "receivedAtMs" bigint, "messageId" uuid)
  ORDER BY "deviceId", channel, "readAtMs"
  ON CONFLICT (device_id, channel, read_at) DO UPDATE SET
    index = CASE WHEN (excluded.quality, excluded.index, r.message_id) > (r.quality, r.index, excluded.message_id)
      THEN excluded.index ELSE r.index END,
    quality = greatest(excluded.quality, r.quality),
    message_id = CASE WHEN (excluded.quality, excluded.index, r.message_id) > (r.quality, r.index, excluded.message_id)
      THEN excluded.message_id ELSE r.message_id END,
    received_at = least(excluded.received_at, r.received_at)`

/** Writes readings as workers of before did: those of open days and those of closed ones have a table each. */
const writeAsBefore = async (readings: readonly Reading[]) => {
  const isOpen = ({ readAtMs }: Reading) => readAtMs >= midnightMs(2)
  for (const [table, rows] of [
    ['reading_open', readings.filter(isOpen)],
    ['reading_late', readings.filter((one) => !isOpen(one))],
  ] as const)
    await workers.query(mergeOfBefore(table), [JSON.stringify(rows)])
}

/** Copies what messages, events, rejects and counters a database of now holds into that of before. */
const takeOver = async (expected: Record<string, string[]>) => {
  for (const [table, select] of Object.entries({
    message: 'SELECT * FROM message',
    reject: 'SELECT * FROM reject',
    decoding: `SELECT m.id AS message_id, coalesce(d.state, 'decoded') AS state
      FROM message m LEFT JOIN decoding d ON d.message_id = m.id`,
  })) {
    const { rows } = await db.pool.query(`SELECT jsonb_agg(t) AS all FROM (${select}) AS t`)
    await old.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(null::${table}, $1)`, [
      JSON.stringify(rows[0].all ?? []),
    ])
  }
  await old.query(
    `INSERT INTO event (device_id, at, kind, channel, value, message_id)
     SELECT "deviceId", to_timestamp("atMs" / 1000.0), kind, channel, value, "messageId"
     FROM jsonb_to_recordset($1) AS t ("deviceId" text, "atMs" bigint, kind text, channel text, value bigint, "messageId" uuid)`,
    [`[${expected.event?.join()}]`],
  )
  for (const lane of lanes) {
    const { flow } = await conservation(db.pool, lane)
    const readings = readingsOf(expected).filter(({ deviceId }) => deviceId.length > 8 === (lane === 'nbiot')).length
    await old.query(
      `UPDATE flow SET raw_received = $2, raw_stored = $3, raw_duplicates = $4, raw_rejected = $5, pulse_decoded = $6,
         pulse_rejected = $7, readings = $8 WHERE lane = $1 AND shard = 0`,
      [lane, flow.received, flow.stored, flow.duplicates, flow.rejected, flow.decoded, flow.undecoded, readings],
    )
  }
}

const readingsOf = ({ reading = [] }: Record<string, string[]>): Reading[] => reading.map((row) => JSON.parse(row))

/** What the view and `/v1` show of all readings, as texts. */
const shown = async () => {
  const range = { fromMs: null, toMs: null, silentForMs: null, after: null, limit: 10_000 }
  const { rows } = await old.query<Reading>(
    `SELECT device_id AS "deviceId", channel, round(date_part('epoch', read_at) * 1000) AS "readAtMs",
       round(date_part('epoch', received_at) * 1000) AS "receivedAtMs", index::float8 AS index, quality,
       message_id AS "messageId" FROM reading`,
  )
  const text = (readings: readonly object[]) =>
    readings.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort()
  return { view: text(rows), api: text(await apiStore(old).readings(range)) }
}

const flowOf = async () =>
  Object.fromEntries(
    await Promise.all(lanes.map(async (lane) => [lane, (await conservation(old, lane)).flow.readings] as const)),
  )

const leftOfBefore = async () =>
  (
    await old.query(
      `SELECT (SELECT count(*)::int FROM reading_open WHERE read_at < $1) AS open,
         (SELECT count(*)::int FROM reading_late WHERE read_at < $1) AS late`,
      [new Date(midnightMs(1))],
    )
  ).rows[0]

const upgrade = () =>
  onClient(async (client) => {
    expect(await migrate(client, migrations)).toEqual(['0009_told'])
    await ensurePartitions(client, 10, 8)
  })

/** Some readings in rows of days, as a night of before left them. */
const foldAsBefore = (deviceId: string) =>
  old.query(
    `WITH gone AS (DELETE FROM reading_late WHERE device_id = $1 RETURNING *)
     INSERT INTO reading_day (device_id, channel, day, first, at, step, delay, quality, message_id)
     SELECT device_id, channel, day, first, array_agg(at ORDER BY at), array_agg((index - first)::int ORDER BY at),
       array_agg(delay ORDER BY at), array_agg(quality ORDER BY at), array_agg(message_id ORDER BY at)
     FROM (SELECT *, (read_at AT TIME ZONE 'UTC')::date AS day, min(index) OVER (PARTITION BY channel, (read_at AT TIME ZONE 'UTC')::date) AS first,
         (date_part('epoch', read_at)::numeric * 1000 % 86400000)::int AS at,
         (date_part('epoch', received_at - read_at)::numeric * 1000)::int AS delay FROM gone) AS t
     GROUP BY device_id, channel, day, first`,
    [deviceId],
  )

test('a database of before is upgraded in place: all readings are there at once, and upkeep folds them without losing or doubling any', async () => {
  const expected = await expectedOf()
  await takeOver(expected)
  await writeAsBefore(readingsOf(expected))
  await foldAsBefore('C00001')
  const before = (await old.query('SELECT r::text FROM reading r ORDER BY 1')).rows
  expect(before.length).toBeGreaterThan(80)

  await upgrade()
  expect((await old.query('SELECT r::text FROM reading r ORDER BY 1')).rows).toEqual(before)
  expect((await shown()).view).toEqual(expected.reading)
  expect((await shown()).api).toEqual((await shownOf(expected)).api)
  expect(await contents(old)).toEqual(expected)
  expect(await flowOf()).toEqual(await readingsKept(old))

  // the same messages again, by workers of now
  for (const lane of lanes) await replay(workers, lane, seeded(3).shuffled(logs[lane]), 7)
  expect(await contents(old)).toEqual(expected)
  expect((await shown()).view).toEqual(expected.reading)
  expect(await flowOf()).toEqual(await readingsKept(old))
  for (const lane of lanes) {
    const { flow, tables } = await conservation(old, lane)
    expect([flow.stored, flow.decoded, tables.pending]).toEqual([tables.stored, tables.decoded, 0])
  }

  expect(await closeDays(old, 60_000)).toMatchObject({ isDone: true })
  expect(await leftOfBefore()).toEqual({ open: 0, late: 0 })
  expect(await contents(old)).toEqual(expected)
  expect((await shown()).view).toEqual(expected.reading)
  // three days later the last of them
  expect(await closeDays(old, 60_000, midnightMs(-3))).toMatchObject({ isDone: true })
  expect(await contents(old)).toEqual(expected)
  expect(await flowOf()).toEqual(await readingsKept(old))
  const { sigfox = 0, nbiot = 0 } = await flowOf()
  expect(sigfox + nbiot).toBe(expected.reading?.length)
}, 60_000)

/** Readings as `/v1` tells them. */
const shownOf = async (expected: Record<string, string[]>) => ({
  api: readingsOf(expected)
    .map((row) => JSON.stringify(row, Object.keys(row).sort()))
    .sort(),
})

test('what workers of before write after the upgrade is shown at once, and is folded like the rest', async () => {
  const expected = await expectedOf()
  await takeOver(expected)
  const readings = seeded(4).shuffled(readingsOf(expected))
  const third = Math.ceil(readings.length / 3)
  await writeAsBefore(readings.slice(0, third))
  await upgrade()
  const shows = async (rows: readonly Reading[]) => {
    const text = rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort()
    expect(await shown()).toEqual({ view: text, api: text })
  }
  await shows(readings.slice(0, third))
  // while upkeep folds what is there
  for (let at = third; at < 2 * third; at += 5) {
    const until = Math.min(at + 5, 2 * third)
    await Promise.all([writeAsBefore(readings.slice(at, until)), closeDays(old, 60_000)])
    await shows(readings.slice(0, until))
  }
  await writeAsBefore(readings.slice(2 * third))
  await shows(readings)
  // and what they wrote before once more
  await writeAsBefore(readings)
  await shows(readings)
  expect(await contents(old)).toEqual(expected)
  expect(await closeDays(old, 60_000, midnightMs(-3))).toMatchObject({ isDone: true })
  await shows(readings)
  expect(await contents(old)).toEqual(expected)
}, 60_000)

test('a replay finds nothing to change in a database of before, whether its rows are folded or not', async () => {
  const expected = await expectedOf()
  await takeOver(expected)
  await writeAsBefore(readingsOf(expected))
  await upgrade()
  const { startReplay, continueReplay } = operations(old, 'adeunis-pulse@3')
  const selection = { deviceId: null, reason: null, profile: null, fromMs: 0, toMs: null }
  const replayed = async () => {
    const job = await startReplay({ selection, dryRun: false })
    return (await continueReplay({ job, selection, dryRun: false })).report
  }
  const nothing = { readingsGone: 0, readingsAdded: 0, readingsChanged: 0, newlyRejected: 0, newlyDecoded: 0 }
  expect(await replayed()).toMatchObject(nothing)
  expect(await contents(old)).toEqual(expected)
  await closeDays(old, 60_000)
  expect(await replayed()).toMatchObject(nothing)
  expect(await contents(old)).toEqual(expected)
  expect((await shown()).view).toEqual(expected.reading)
}, 60_000)
