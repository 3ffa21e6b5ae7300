import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresReadingStore } from '../../../adapters/postgres/write/reading-store.ts'
import { sha256 } from '../../../adapters/process/ids.ts'
import { messageId, unclockedMs } from '../../../core/message/identity.ts'
import type { Uplink } from '../../../core/message/uplink.ts'
import { pipeline } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { draginoDatagram, sigfoxUplink } from '../../support/traffic.ts'

const hour = 3600
const noon = Math.floor(Date.now() / 86_400_000) * 86_400 - 43_200
const clocked = [1, 2, 3, 4].map((n) => sigfoxUplink(7, noon + n * hour, n))
const [first] = clocked as [Uplink, ...Uplink[]]
/** Its device has no clock: it stands at its receive time, between the registrations. */
const unclocked: Uplink = {
  kind: 'dragino-nb',
  deviceId: first.deviceId,
  seqNumber: -1,
  timeSeconds: null,
  receivedAtMs: (noon + 2 * hour) * 1000,
  payload: draginoDatagram(7, 0, 1),
}
const idOf = (uplink: Uplink) =>
  messageId(sha256, uplink, uplink.timeSeconds === null ? unclockedMs : uplink.timeSeconds * 1000)

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  for (const [from, profile, period] of [
    [noon + 4 * hour, 'adeunis-pulse@4', 600],
    [noon + 2 * hour, 'adeunis-pulse@3', null],
  ])
    await db.pool.query(
      `INSERT INTO device (device_id, valid_from, network, profile, weight_millilitres, weight_pulses, time_zone, sample_period_seconds)
       VALUES ($1, to_timestamp($2), 'sigfox', $3, 10000, 1, 'Europe/Paris', $4)`,
      [first.deviceId, from, profile, period],
    )
  await pipeline(db.pool, 'sigfox').raw([...clocked, unclocked])
})
afterAll(() => db.close())

test('a message is loaded once, with the registration that held at its own instant', async () => {
  const ids = [...clocked, unclocked].map(idOf)
  const loaded = await postgresReadingStore(db.pool).inBatch(({ load }) => load(ids))
  const found = new Map(loaded.map(({ id, profile, samplePeriodSeconds }) => [id, [profile, samplePeriodSeconds]]))
  expect(loaded).toHaveLength(5)
  expect(ids.map((id) => found.get(id))).toEqual([
    [null, null],
    ['adeunis-pulse@3', null],
    ['adeunis-pulse@3', null],
    ['adeunis-pulse@4', 600],
    ['adeunis-pulse@3', null],
  ])
})

test('a registration holds from its beginning until just before its end, and none before it comes back after that', async () => {
  const uplinks = [-1, 0, 1, 2, 3, 4].map((n) => sigfoxUplink(8, noon + n * hour, n + 1))
  for (const [from, to, profile] of [
    [noon - 9 * hour, null, 'adeunis-pulse@2'],
    [noon, noon + 2 * hour, 'adeunis-pulse@3'],
    [noon + 4 * hour, null, 'adeunis-pulse@4'],
  ])
    await db.pool.query(
      `INSERT INTO device (device_id, valid_from, valid_to, network, profile, weight_millilitres, weight_pulses, time_zone)
       VALUES ($1, to_timestamp($2), to_timestamp($3), 'sigfox', $4, 10000, 1, 'Europe/Paris')`,
      [uplinks[0]?.deviceId, from, to, profile],
    )
  await pipeline(db.pool, 'sigfox').raw(uplinks)
  const loaded = await postgresReadingStore(db.pool).inBatch(({ load }) => load(uplinks.map(idOf)))
  const profiles = new Map(loaded.map(({ id, profile }) => [id, profile]))
  expect(uplinks.map((uplink) => profiles.get(idOf(uplink)))).toEqual([
    'adeunis-pulse@2',
    'adeunis-pulse@3',
    'adeunis-pulse@3',
    null,
    null,
    'adeunis-pulse@4',
  ])
})
