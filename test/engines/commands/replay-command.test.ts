import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { canonicalDeviceId } from '../../../core/message/identity.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { operations } from '../../../operations/index.ts'
import { runTool } from '../../support/command.ts'
import { clear, clearReadings, conservation, replay as takeIn } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { draginoDatagram, nbiotItem, sigfoxUplink } from '../../support/traffic.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
beforeEach(async () => {
  await clear(db.pool)
  await db.pool.query('DELETE FROM device; DELETE FROM replay')
})
afterAll(() => db.close())

const run = (tool: 'replay' | 'rejects', ...args: string[]) => runTool(tool, args, { DATABASE_URL: db.url })

const now = Math.floor(Date.now() / 3_600_000) * 3_600 - 3_600
const hoursAgo = (hours: number) => now - hours * 3_600
const iso = (seconds: number) => new Date(seconds * 1000).toISOString()

const register = (deviceId: string, profile: string, validFrom = '2020-01-01') =>
  db.pool.query(
    `INSERT INTO device (device_id, valid_from, network, profile, weight_millilitres, weight_pulses, time_zone)
     VALUES ($1, $2, $3, $4, 1000, 1, 'UTC') ON CONFLICT (device_id, valid_from) DO UPDATE SET profile = excluded.profile`,
    [deviceId, validFrom, canonicalDeviceId(deviceId)?.network, profile],
  )
const indexes = async () => {
  const { rows } = await db.pool.query<{ text: string }>(
    `SELECT device_id || ' ' || channel || ' ' || index AS text FROM reading ORDER BY device_id, channel, read_at`,
  )
  return rows.map(({ text }) => text)
}
const openRejects = async () =>
  (
    await db.pool.query<{ reason: string }>('SELECT reason FROM reject WHERE resolved_at IS NULL ORDER BY reason')
  ).rows.map(({ reason }) => reason)

const hours = (device: number, ...list: number[]): RawItem[] =>
  list.map((hour) => sigfoxUplink(device, hoursAgo(hour), 100 - hour))

test('a wrong profile is corrected: a dry run predicts the changes, a replay makes them, a second replay finds none', async () => {
  await register('C00000', 'icemeter-pulse@1')
  await takeIn(db.pool, 'sigfox', hours(0, 3, 2, 1))
  const wrong = await indexes()
  await register('C00000', 'adeunis-pulse@3')

  const dry = await run('replay', '--device', 'c00000', '--dry-run')
  expect(dry.stdout).toContain('a dry run: nothing was changed')
  expect(await indexes()).toEqual(wrong)
  const done = await run('replay', '--device', 'c00000')
  expect(done.stdout.split('\n').slice(1)).toEqual(dry.stdout.split('\n').slice(1))
  expect(done).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('1 devices, 3 messages') })
  expect(await indexes()).toEqual([
    ...[97, 98, 99].map((index) => `C00000 A ${index}`),
    ...[97, 98, 99].map((index) => `C00000 B ${index * 2}`),
  ])
  expect((await run('replay', '--device', 'c00000')).stdout).toBe(
    '1 devices, 3 messages decoded again\n  no difference\n',
  )
  const { flow, tables } = await conservation(db.pool, 'sigfox')
  expect({ decoded: tables.decoded, undecoded: tables.undecoded }).toEqual({
    decoded: flow.decoded,
    undecoded: flow.undecoded,
  })
})

test('after a meter was swapped, its earlier messages keep their earlier profile', async () => {
  await register('C00000', 'adeunis-pulse@3')
  await takeIn(db.pool, 'sigfox', hours(0, 5, 4, 2, 1))
  await register('C00000', 'no-such-profile', iso(hoursAgo(3)))
  await run('replay', '--device', 'C00000')
  expect(await indexes()).toEqual(['C00000 A 95', 'C00000 A 96', 'C00000 B 190', 'C00000 B 192'])
  expect(await openRejects()).toEqual(['unknown_profile', 'unknown_profile'])
})

test('a registration that has ended does not apply to later messages', async () => {
  await register('C00000', 'no-such-profile')
  await db.pool.query('UPDATE device SET valid_to = $1', [iso(hoursAgo(3))])
  await takeIn(db.pool, 'sigfox', hours(0, 5, 4, 3, 2))
  expect(await openRejects()).toEqual(['unknown_profile', 'unknown_profile'])
  expect(await indexes()).toEqual(['C00000 A 97', 'C00000 A 98', 'C00000 B 194', 'C00000 B 196'])
})

test('--from and --to replay only the messages of that time', async () => {
  await register('C00000', 'no-such-profile')
  await takeIn(db.pool, 'sigfox', hours(0, 5, 4, 3, 2, 1))
  await register('C00000', 'adeunis-pulse@3')
  const range = ['--from', iso(hoursAgo(4)), '--to', iso(hoursAgo(2))]
  await run('replay', ...range)
  expect(await indexes()).toEqual(['C00000 A 96', 'C00000 A 97', 'C00000 B 192', 'C00000 B 194'])
  expect(await openRejects()).toHaveLength(3)
  await run('replay', '--from', iso(hoursAgo(9)))
  expect(await indexes()).toHaveLength(10)
  expect(await openRejects()).toEqual([])
})

test('--reason and --profile replay only the devices concerned', async () => {
  const meter = '868411050000007'
  for (const device of ['C00000', 'C00001']) await register(device, 'no-such-profile')
  await register('C00002', 'adeunis-pulse@1')
  await takeIn(db.pool, 'sigfox', [...hours(0, 2), ...hours(1, 2), ...hours(2, 2), ...hours(3, 2)])
  await takeIn(db.pool, 'nbiot', [nbiotItem(draginoDatagram(7, hoursAgo(1), 5), hoursAgo(1) * 1000)])
  await register('C00000', 'adeunis-pulse@3')
  expect((await run('replay', '--profile', 'adeunis-pulse@3', '--dry-run')).stdout).toMatch(/^ {2}readings added +2$/m)
  expect((await run('replay', '--profile', 'dragino-sw3l-nb')).stdout).toMatch(/no difference/)
  const retried = await run('rejects', 'retry', '--reason', 'unknown_profile')
  expect(retried.stdout).toContain('2 devices, 2 messages decoded again')
  expect(retried.stdout).toMatch(/rejects resolved +1\n/)
  expect(await openRejects()).toEqual(['unknown_profile'])
  expect((await indexes()).filter((text) => text.startsWith(meter))).toHaveLength(1)
})

test('a replay that was interrupted continues with the remaining devices', async () => {
  const items = Array.from({ length: 50 }, (_, device) => sigfoxUplink(device, hoursAgo(2), device + 1))
  await takeIn(db.pool, 'sigfox', items)
  await db.pool.query(clearReadings)
  const selection = { deviceId: null, reason: null, profile: null, fromMs: Date.UTC(2015), toMs: null }
  const { startReplay } = operations(db.pool, 'adeunis-pulse@3')
  const job = await startReplay({ selection, dryRun: false })
  await db.pool.query(`DELETE FROM replay_device WHERE device_id < 'C0000A'`)
  await db.pool.query(`UPDATE replay SET report = jsonb_set(report, '{devices}', '10')`)
  expect(job.devices).toBe(50)
  const { stdout } = await run('replay', '--from', '2015-01-01')
  expect(stdout).toContain('Continuing with 40 of 50 devices.')
  expect(await indexes()).toHaveLength(80)
  expect((await db.pool.query('SELECT FROM replay')).rowCount).toBe(0)
})

test('rejects: summary counts by reason and by device, show prints the bytes', async () => {
  await register('C00000', 'no-such-profile')
  await takeIn(db.pool, 'sigfox', [
    ...hours(0, 2, 1),
    { ...sigfoxUplink(5, hoursAgo(1), 1), payload: Buffer.from('ff', 'hex') },
  ])
  const { stdout } = await run('rejects', 'summary')
  expect(stdout).toMatch(/^2 +1 +sigfox +pulse +unknown_profile/m)
  expect(stdout).toMatch(/^2 +C00000 +sigfox +pulse +unknown_profile/m)
  const { rows } = await db.pool.query("SELECT id FROM reject WHERE device_id = 'C00005'")
  const shown = await run('rejects', 'show', rows[0].id)
  expect(shown.stdout).toMatch(/^device +C00005$/m)
  expect(shown.stdout).toMatch(/^bytes +ff$/m)
  expect(await run('rejects', 'show', 'x')).toMatchObject({ code: 1, stderr: expect.stringContaining('no reject "x"') })
})

test.each([
  [['replay'], 'What should be replayed? Use --from 2015-01-01 for everything.'],
  [['replay', '--reason', 'short_fram'], 'did you mean short_frame?'],
  [['replay', '--profile', 'adeunis-pulse@9'], 'did you mean adeunis-pulse@'],
  [['replay', '--from', 'yesterday'], '--from must be an ISO 8601 instant'],
  [['replay', '--device', 'XYZ'], '--device must be up to 8 hex digits'],
  [['rejects'], 'Usage: npm run rejects'],
  [['rejects', 'retry', '--reason', 'bad'], 'did you mean'],
] as const)('%j is refused with a sentence and exit code 2', async ([tool, ...args], sentence) => {
  const { code, stdout, stderr } = await run(tool, ...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(sentence)
})
