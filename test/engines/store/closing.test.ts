import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeDays } from '../../../adapters/postgres/closed-days/close.ts'
import { classifyFault } from '../../../adapters/postgres/sql/errors.ts'
import { beginUnderWay } from '../../../adapters/postgres/sql/under-way.ts'
import { migrate } from '../../../adapters/postgres/upkeep/migrate.ts'
import { ensurePartitions } from '../../../adapters/postgres/upkeep/partitions.ts'
import { timedId } from '../../../core/message/identity.ts'
import { packTold } from '../../../core/told/pack.ts'
import { closeBefore, midnightMs, openDays, whereabouts } from '../../support/closed-days.ts'
import { isDone } from '../../support/held-worker.ts'
import { contents, replay } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { seeded, sigfoxUplink } from '../../support/traffic.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())
beforeEach(() => openDays(db.pool, 4))

const connect = (more: pg.PoolConfig) => {
  const { host, port, database, password } = db
  const pool = new pg.Pool({ host, port, database, password, user: 'postgres', ...more })
  pool.on('error', () => {})
  return pool
}

/** Four devices, hourly for three days, of which the first is late. */
const log = Array.from({ length: 288 }, (_, n) =>
  sigfoxUplink(n % 4, midnightMs(5) / 1000 + Math.floor(n / 4) * 3_600, 1_000 + n),
)

const partitionOf = (daysAgo: number) =>
  `told_${new Date(midnightMs(daysAgo)).toISOString().slice(0, 10).replaceAll('-', '')}`

/** How many days before yesterday still have a table. */
const partitions = async () =>
  (await db.pool.query("SELECT FROM pg_class WHERE relname ~ '^told_[0-9]{8}$' AND relname < $1", [partitionOf(1)]))
    .rowCount

test('closing that is killed at any moment loses and doubles nothing, and the next one finishes it', async () => {
  await replay(db.pool, 'sigfox', log)
  const expected = await contents(db.pool)
  const random = seeded(3)
  let killed = 0
  for (let round = 0; round < 25; round++) {
    await openDays(db.pool, 4)
    await replay(db.pool, 'sigfox', log)
    const upkeep = connect({ max: 1, application_name: 'upkeep' })
    const closing = closeDays(upkeep, 60_000, midnightMs(0)).then(
      () => false,
      () => true,
    )
    await pause(random.below(60))
    await db.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'upkeep'`)
    if (await closing) killed++
    await upkeep.end()
    expect(await contents(db.pool)).toEqual(expected)
    expect((await closeBefore(db.pool, 1)).isDone).toBe(true)
    expect(await contents(db.pool)).toEqual(expected)
    expect(await whereabouts(db.pool)).toEqual({ open: 0, late: 0, folded: 576, days: 24 })
    expect(await partitions()).toBe(0)
  }
  expect(killed).toBeGreaterThan(5)
}, 60_000)

test('closing gives way to whoever reads, and goes on when he is through', async () => {
  await replay(db.pool, 'sigfox', log)
  const reader = await db.pool.connect()
  await reader.query('BEGIN; SELECT count(*) FROM reading')
  const closing = closeBefore(db.pool, 1)
  await pause(3_000)
  // he who writes late meanwhile waits no longer than for one try: another device, and one that is folded already
  await replay(db.pool, 'sigfox', [
    sigfoxUplink(9, midnightMs(4) / 1000, 5),
    sigfoxUplink(1, midnightMs(4) / 1000 + 60, 5),
  ])
  const sums = (await reader.query('SELECT count(*)::int FROM reading')).rows
  await reader.query('COMMIT')
  reader.release()
  expect(sums).toEqual([{ count: 580 }])
  expect(await closing).toMatchObject({ isDone: true })
  expect(await whereabouts(db.pool)).toEqual({ open: 0, late: 0, folded: 580, days: 26 })
}, 30_000)

test('closing that is killed between folding a day and dropping its table is finished by the next', async () => {
  await replay(db.pool, 'sigfox', log)
  const expected = await contents(db.pool)
  const holder = await db.pool.connect()
  await holder.query('BEGIN; LOCK TABLE ONLY told IN ACCESS SHARE MODE')
  const upkeep = connect({ max: 1, application_name: 'upkeep' })
  const closing = closeDays(upkeep, 60_000, midnightMs(0)).catch(() => 'killed')
  await expect.poll(async () => (await whereabouts(db.pool))?.days).toBe(8)
  await pause(200)
  await db.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'upkeep'`)
  expect(await closing).toBe('killed')
  await upkeep.end()
  expect(await contents(db.pool)).toEqual(expected)
  await holder.query('COMMIT')
  holder.release()
  expect(await closeBefore(db.pool, 1)).toMatchObject({ days: 3, isDone: true })
  expect(await contents(db.pool)).toEqual(expected)
  expect(await partitions()).toBe(0)
})

test('what a worker has written and not committed when a day begins to be closed is waited for', async () => {
  await replay(db.pool, 'sigfox', log)
  const worker = await db.pool.connect()
  await worker.query(beginUnderWay)
  const at = { base: 'message', seconds: 0 } as const
  const told = packTold(
    { code: 3, revision: 1 },
    { indexes: [{ channel: 'A', index: 7, quality: 'measured', at }], runs: [], part: null },
  )
  await worker.query('INSERT INTO told VALUES ($1, $2, 0, $3, $4)', [
    new Date(midnightMs(4)),
    timedId(midnightMs(4), 'f'.repeat(64)),
    'C00009',
    told,
  ])
  const closing = closeBefore(db.pool, 1)
  expect(await isDone(closing, 300)).toBe(false)
  await worker.query('COMMIT')
  worker.release()
  expect(await closing).toMatchObject({ isDone: true })
  expect(await whereabouts(db.pool)).toMatchObject({ open: 0, late: 0, folded: 577 })
})

test('while a day has no partition for its rows, messages of it wait, and none is refused', async () => {
  await db.pool.query(`DROP TABLE ${partitionOf(0)}`)
  const uplink = sigfoxUplink(1, midnightMs(0) / 1000, 5)
  await expect(replay(db.pool, 'sigfox', [uplink])).rejects.toThrow(/no partition/)
  await db.pool.query('SELECT ensure_open_days(3)')
  await replay(db.pool, 'sigfox', [uplink])
  expect(await contents(db.pool)).toMatchObject({ reading: { length: 2 }, reject: [] })
})

test('without time it closes nothing, and a second time it finds nothing to do', async () => {
  await replay(db.pool, 'sigfox', log)
  expect(await closeDays(db.pool, -1, midnightMs(0))).toEqual({ days: 0, rows: 0, isDone: false })
  expect(await whereabouts(db.pool)).toMatchObject({ open: 192, late: 96, folded: 0 })
  expect(await closeBefore(db.pool, 1)).toEqual({ days: 3, rows: 24, isDone: true })
  expect(await closeBefore(db.pool, 1)).toEqual({ days: 0, rows: 0, isDone: true })
})

test('only the owner can close a day, and the reader reads them all', async () => {
  await replay(db.pool, 'sigfox', log)
  await closeBefore(db.pool, 1)
  const [app, reader] = [connect({ user: 'sluice_app' }), connect({ user: 'sluice_reader' })]
  try {
    for (const statement of [
      'UPDATE closed_days SET before = now()',
      'TRUNCATE told',
      `DROP TABLE ${partitionOf(0)}`,
      `ALTER TABLE told DETACH PARTITION ${partitionOf(0)}`,
    ])
      await expect(app.query(statement)).rejects.toThrow(/permission denied|must be owner/)
    expect((await reader.query('SELECT count(*)::int FROM reading')).rows).toEqual([{ count: 576 }])
    for (const table of ['reading_day', 'told', 'told_late'])
      await expect(reader.query(`DELETE FROM ${table}`)).rejects.toThrow(/read-only|permission denied/)
  } finally {
    await Promise.all([app.end(), reader.end()])
  }
})

test('a database of before keeps its readings as they are, takes new ones of the same day, and folds all of them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-before-'))
  const migrations = join(import.meta.dirname, '../../../db')
  for (const name of readdirSync(migrations).filter((name) => name < '0008'))
    cpSync(join(migrations, name), join(folder, name))
  await db.pool.query('CREATE DATABASE before_closed_days TEMPLATE template0')
  const old = connect({ database: 'before_closed_days' })
  const client = await old.connect()
  try {
    await migrate(client, folder)
    await client.query(
      `INSERT INTO reading SELECT at, at, 5, gen_random_uuid(), 'measured', channel, 'C00001'
       FROM generate_series(now() - interval '9 days', now(), '1 hour') AS at, unnest('{A,B}'::text[]) AS channel`,
    )
    const before = (await client.query('SELECT t::text FROM reading t ORDER BY 1')).rows
    await migrate(client, migrations)
    await ensurePartitions(client, 10, 8)
    // what workers of before do until they are replaced: an outage to them, and nothing wrong with the batch
    const asBefore = `INSERT INTO reading AS r SELECT * FROM reading_late ON CONFLICT (device_id, channel, read_at) DO UPDATE SET
      index = excluded.index WHERE excluded.index <> r.index RETURNING old.index AS was, new.index AS now`
    expect(classifyFault(await client.query(asBefore).catch((error) => error))).toBe('outage')
    expect((await client.query('SELECT t::text FROM reading t ORDER BY 1')).rows).toEqual(before)
    await replay(old, 'sigfox', [
      sigfoxUplink(1, Math.floor(Date.now() / 1000), 9),
      sigfoxUplink(1, midnightMs(6) / 1000 + 1, 7),
    ])
    const both = (await client.query('SELECT t::text FROM reading t ORDER BY 1')).rows
    expect(both).toHaveLength(before.length + 4)
    expect((await closeDays(old, 60_000)).isDone).toBe(true)
    expect((await client.query('SELECT t::text FROM reading t ORDER BY 1')).rows).toEqual(both)
    expect(
      (await client.query('SELECT min(read_at) >= $1 AS open FROM reading_late', [new Date(midnightMs(1))])).rows,
    ).toEqual([{ open: true }])
    // two days later the last of them
    expect((await closeDays(old, 60_000, midnightMs(-3))).isDone).toBe(true)
    expect(await whereabouts(old)).toMatchObject({ open: 0, late: 0, folded: both.length })
  } finally {
    client.release()
    await old.end()
    await db.pool.query('DROP DATABASE before_closed_days WITH (FORCE)')
    rmSync(folder, { recursive: true })
  }
})
