import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../../adapters/postgres/sql/transaction.ts'
import { writeEvents } from '../../../adapters/postgres/tables/events.ts'
import { type Row, writeTold } from '../../../adapters/postgres/told/write.ts'
import { sha256 } from '../../../adapters/process/ids.ts'
import { timedId } from '../../../core/message/identity.ts'
import type { MeterEvent } from '../../../core/readings/events.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { seeded } from '../../support/traffic.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())

const startOfDayMs = Math.floor(Date.now() / 86_400_000) * 86_400_000
const messageId = '01941f29-7c00-8000-8000-000000000001'
/** Lower case follows upper case, as it does in bytes and in no dictionary. */
const devices = ['C0FFEE', 'C0FFE', '868411056750004', 'a0', 'B0']
const times = [startOfDayMs, startOfDayMs + 1, startOfDayMs + 10_000]

/** The keys of a table, as its rows were written and as PostgreSQL sorts them. */
const keysOf = async (table: string, key: string) => {
  const rowsBy = async (order: string) =>
    (await db.pool.query({ text: `SELECT ${key} FROM ${table} ORDER BY ${order}`, rowMode: 'array' })).rows
  return { written: await rowsBy('tableoid, ctid'), sorted: await rowsBy(key) }
}

test('events are written in the order of their key, the value as a number', async () => {
  const events = devices.flatMap((deviceId) =>
    times.flatMap((atMs) =>
      (['sample_period', 'index_conflict'] as const).flatMap((kind) =>
        (['B', '', 'A'] as const).flatMap((channel) =>
          [9, 10, 100_000_000_000, 2].map((value): MeterEvent => ({ deviceId, atMs, kind, channel, value, messageId })),
        ),
      ),
    ),
  )
  await inTransaction(db.pool, (client) => writeEvents(client, seeded(8).shuffled(events)))
  const { written, sorted } = await keysOf('event', 'device_id, at, kind, channel, value')
  expect(written).toHaveLength(events.length)
  expect(written).toEqual(sorted)
})

test('rows of messages are written in the order of their key', async () => {
  const rows = devices.flatMap((deviceId) =>
    [1, 7_200_000, 0].map((laterMs): Row => {
      const timeMs = startOfDayMs + laterMs
      const messageId = timedId(timeMs, sha256(`${deviceId} ${laterMs}`))
      const hour = Math.floor(timeMs / 3_600_000) % 24
      return { deviceId, messageId, hour, receivedAtMs: timeMs, told: Buffer.from([1, 1, 1, 0, 0, 0, 0]) }
    }),
  )
  await inTransaction(db.pool, (client) => writeTold(client, seeded(9).shuffled(rows), false))
  const { written, sorted } = await keysOf('told', 'hour, device_id, message_id')
  expect(written).toHaveLength(rows.length)
  expect(written).toEqual(sorted)
})
