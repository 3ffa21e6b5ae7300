import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readDatagram } from '../../../core/devices/datagram.ts'
import { uplinkKinds } from '../../../core/message/lane.ts'
import type { Uplink } from '../../../core/message/uplink.ts'
import { clear, replay } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())
beforeEach(() => clear(db.pool))

const received = Math.floor(Date.now() / 1000) * 1000
const datagram = (hex: string, receivedAtMs: number) => readDatagram(Buffer.from(hex, 'hex'), receivedAtMs) as Uplink

const readings = async () => {
  const { rows } = await db.pool.query<{ reading: string }>(
    `SELECT concat_ws(' ', device_id, channel, index, quality, extract(epoch FROM read_at)::bigint) AS reading
     FROM reading ORDER BY 1`,
  )
  return rows.map(({ reading }) => reading)
}

test('the database knows every kind of uplink', async () => {
  const { rows } = await db.pool.query<{ kind: string }>('SELECT unnest(enum_range(NULL::uplink_kind))::text AS kind')
  expect(rows.map(({ kind }) => kind)).toEqual(uplinkKinds)
})

test('an ELKO datagram becomes a reading of the time it came first, whatever the order', async () => {
  const hex = '38363834313130353637353431333801010001020304'
  await replay(db.pool, 'nbiot', [datagram(hex, received + 5_000), datagram(hex, received)], 1)
  expect(await readings()).toEqual([`868411056754138 A 16909060 clock_unset ${received / 1000}`])
})

test('three counters are readings of three channels, and all three move back with an earlier copy', async () => {
  const at = (hex: string) => [datagram(hex, received + 5_000), datagram(hex, received)]
  const head = 'f86841105675413801640e04191c0000640000c800012c'
  const time = received / 1000 - 3600
  await replay(db.pool, 'nbiot', at(head + time.toString(16)), 1)
  expect(await readings()).toEqual(
    ['A 100', 'B 200', 'C 300'].map((index) => `868411056754138 ${index} measured ${time}`),
  )
  await clear(db.pool)
  await replay(db.pool, 'nbiot', at(`${head}00000000`), 1)
  expect(await readings()).toEqual(
    ['A 100', 'B 200', 'C 300'].map((index) => `868411056754138 ${index} clock_unset ${received / 1000}`),
  )
})
