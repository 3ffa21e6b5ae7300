import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeDays } from '../../../adapters/postgres/closed-days/close.ts'
import { replayLeft } from '../../../adapters/postgres/replay/left-requests.ts'
import { requestReplay } from '../../../adapters/postgres/write/replay-requests.ts'
import { setting } from '../../../contract/settings.ts'
import type { MessageId } from '../../../core/message/identity.ts'
import { hostFunction } from '../../../local/functions/function-host.ts'
import { databaseEnvironment } from '../../../local/process/overrides.ts'
import { readAssembly } from '../../../local/template/assembly.ts'
import { readPlan } from '../../../local/template/plan.ts'
import { assemblyOf } from '../../support/assembly.ts'
import { temporaryFolder } from '../../support/local.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import {
  clear,
  clearReadings,
  contents,
  decoder,
  pipeline,
  standing,
  replay as takeIn,
} from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { sigfoxUplink } from '../../support/traffic.ts'

const folder = temporaryFolder()
let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
beforeEach(async () => {
  await clear(db.pool)
  await db.pool.query('DELETE FROM replay_request')
})
afterAll(async () => {
  await db.close()
  folder.remove()
})

const now = Math.floor(Date.now() / 3_600_000) * 3_600 - 3_600
/** Of a day that is closed: what is told of it later is followed up. */
const past = now - 72 * 3_600
const requested = async () =>
  (await db.pool.query<{ device_id: string }>('SELECT device_id FROM replay_request ORDER BY 1')).rows.map(
    ({ device_id }) => device_id,
  )

/** The function as a stage deploys it, in a process of its own; another database is all that is different. */
const startUpkeep = async () => {
  const addresses = { busUrl: '', databaseHost: db.host, databasePort: db.port }
  const { functions } = readPlan(readAssembly(await assemblyOf()), addresses, 1)
  const [upkeep] = functions.filter(({ environment }) => setting.partitionDaysBack in environment)
  if (!upkeep) throw new Error('The stage has no upkeep')
  const environment = {
    ...upkeep.environment,
    [setting.databaseName]: db.database,
    [setting.databaseUser]: 'postgres',
    ...databaseEnvironment(upkeep.environment, db.password),
  }
  return hostFunction({ ...upkeep, environment }, 1, folder.path)
}

const uplink = (hex: string, seqNumber: number, timeSeconds: number) =>
  sigfoxUplink(0x20, timeSeconds, 0, { seqNumber, payload: Buffer.from(hex, 'hex') })
const configuration = (halfSeconds: string, seqNumber: number, timeSeconds: number) =>
  uplink(`1000010018aa${halfSeconds}aa0001`, seqNumber, timeSeconds)
const derived = async () =>
  (await standing(db.pool)).readings
    .filter(({ quality }) => quality === 'derived')
    .map(({ readAtMs, index }) => `${(readAtMs / 1000 - past) / 60} ${index}`)

test('what a replay of a worker that failed has left, the next upkeep replays; upkeep once more changes nothing', async () => {
  await takeIn(db.pool, 'sigfox', [configuration('0708', 1, past - 28_800), uplink('5a00000003e8000a0014', 3, past)])
  await closeDays(db.pool, 60_000)
  const topic = memoryStream<MessageId>()
  const { raw, pulse } = pipeline(db.pool, 'sigfox', topic)
  await raw([configuration('012c', 2, past - 14_400)])
  await db.pool.query('ALTER TABLE raw_horizon RENAME TO away')
  await pulse(topic.items)
  await db.pool.query('ALTER TABLE away RENAME TO raw_horizon')
  expect(await requested()).toEqual(['C00020'])
  expect(await derived()).toEqual(['-120 970', '-60 990'])

  const upkeep = await startUpkeep()
  expect(await upkeep.invoke(null)).toMatchObject({ ok: true })
  expect(await requested()).toEqual([])
  expect(await derived()).toEqual(['-20 970', '-10 990'])

  const after = await contents(db.pool)
  await requestReplay(db.pool, ['C00020'])
  expect(await upkeep.invoke(null)).toMatchObject({ ok: true })
  await upkeep.stop()
  expect(await requested()).toEqual([])
  expect(await contents(db.pool)).toEqual(after)
}, 120_000)

test('a device that cannot be replayed keeps nobody else back, and stays requested', async () => {
  const devices = Array.from({ length: 45 }, (_, n) => sigfoxUplink(n, now - n, 1))
  await takeIn(db.pool, 'sigfox', devices)
  const all = devices.map(({ deviceId }) => deviceId).sort()
  const kept = await contents(db.pool)
  await db.pool.query(`${clearReadings}; UPDATE flow SET pulse_decoded = 0, readings = 0`)
  await db.pool.query(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$`,
  )
  await db.pool.query(
    `CREATE TRIGGER refuse BEFORE INSERT ON told FOR EACH ROW WHEN (NEW.device_id = '${all[7]}') EXECUTE FUNCTION refuse()`,
  )
  await requestReplay(db.pool, all)
  expect(await replayLeft(db.pool, decoder, 60_000)).toBe(44)
  expect(await requested()).toEqual([all[7]])

  await db.pool.query('DROP FUNCTION refuse CASCADE')
  expect(await replayLeft(db.pool, decoder, 60_000)).toBe(1)
  expect(await requested()).toEqual([])
  expect((await contents(db.pool)).reading).toEqual(kept.reading)
})

test('without time left no replay is begun, and all stays requested', async () => {
  await requestReplay(db.pool, ['C00001', 'C00002'])
  expect(await replayLeft(db.pool, decoder, 0)).toBe(0)
  expect(await requested()).toEqual(['C00001', 'C00002'])
})
