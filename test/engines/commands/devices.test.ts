import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runTool } from '../../support/command.ts'
import { replay as takeIn } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { sigfoxUplink } from '../../support/traffic.ts'

const header = 'device_id,network,profile,millilitres_per_pulse,sample_period_seconds,time_zone,valid_from'
const folder = mkdtempSync(join(tmpdir(), 'sluice-devices-'))
const file = join(folder, 'devices.csv')
const write = (...lines: string[]) => writeFileSync(file, `${[header, ...lines].join('\n')}\n`)

let database: TestDatabase
beforeAll(async () => {
  database = await openDatabase()
})
beforeEach(() => database.pool.query('TRUNCATE device, device_import'))
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

/** Runs the command as a user does, with the database in its environment. */
const devices = (args: readonly string[], environment: Record<string, string> = { DATABASE_URL: database.url }) =>
  runTool('devices', args, environment, folder)

const rows = async () => (await database.pool.query('SELECT * FROM device ORDER BY device_id, valid_from')).rows

test('an import adds; the same file again changes nothing; another changes what differs', async () => {
  const meter = '867787050123456,nbiot,dragino-sw3l-nb,1000,,UTC,2025-01-01T00:00:00.000Z'
  write('004d3091,sigfox,adeunis-pulse@3,1000/450,3600,Europe/Paris,2025-01-01T00:00:00Z', meter)
  expect(await devices(['import', file])).toEqual({ code: 0, stdout: '2 added, 0 changed, 0 unchanged\n', stderr: '' })
  const before = await rows()
  expect(before).toMatchObject([
    { device_id: '4D3091', network: 'sigfox', weight_millilitres: 1000, weight_pulses: 450, time_zone: 'Europe/Paris' },
    { device_id: '867787050123456', network: 'nbiot', weight_pulses: 1, sample_period_seconds: null },
  ])
  expect((await devices(['import', file])).stdout).toBe('0 added, 0 changed, 2 unchanged\n')
  expect(await rows()).toEqual(before)
  const swapped = meter.replace('2025', '2026')
  write('4D3091,sigfox,adeunis-pulse@4,1000/450,3600,Europe/Paris,2025-01-01T00:00:00Z', meter, swapped)
  expect((await devices(['import', file])).stdout).toBe('1 added, 1 changed, 1 unchanged\n')
})

test('an import may have more devices than one statement takes', async () => {
  const ids = Array.from({ length: 2500 }, (_, n) => (n + 1).toString(16))
  write(...ids.map((id) => `${id},sigfox,adeunis-pulse@3,1000,,UTC,2025-01-01T00:00:00Z`))
  expect((await devices(['import', file])).stdout).toBe('2500 added, 0 changed, 0 unchanged\n')
  expect(await rows()).toHaveLength(2500)
})

test('if one line is bad, nothing of the file is imported', async () => {
  write('A1,sigfox,adeunis-pulse@3,1000,,UTC,2025-01-01', 'A2,sigfox,adeunis-pulse@9,0,,UTC,2025-01-01')
  const { code, stdout, stderr } = await devices(['import', file])
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr.split('\n')).toEqual([
    expect.stringContaining(`${file}: line 3: profile "adeunis-pulse@9"`),
    expect.stringContaining(`${file}: line 3: millilitres_per_pulse`),
    'Nothing was imported.',
    '',
  ])
  expect(await rows()).toEqual([])
})

test('list prints the registry as an aligned table, or with --json under the column names of the file', async () => {
  expect((await devices(['list'])).stdout).toBe('No devices are registered.\n')
  write(
    'A1,sigfox,adeunis-pulse@3,1000/450,,UTC,2025-01-01',
    'A1,sigfox,adeunis-pulse@4,1,60,UTC,2026-01-01T00:00:00.5Z',
  )
  await devices(['import', file])
  expect((await devices(['list'])).stdout.split('\n')).toEqual([
    'device_id  network  profile          millilitres_per_pulse  sample_period_seconds  time_zone  valid_from                meter_id  valid_to',
    'A1         sigfox   adeunis-pulse@3  1000/450               -                      UTC        2025-01-01T00:00:00Z      -         -',
    'A1         sigfox   adeunis-pulse@4  1                      60                     UTC        2026-01-01T00:00:00.500Z  -         -',
    '',
  ])
  expect(JSON.parse((await devices(['list', '--json'])).stdout)[0]).toEqual({
    device_id: 'A1',
    network: 'sigfox',
    profile: 'adeunis-pulse@3',
    millilitres_per_pulse: '1000/450',
    sample_period_seconds: null,
    time_zone: 'UTC',
    valid_from: '2025-01-01T00:00:00Z',
    meter_id: null,
    valid_to: null,
  })
})

test('the database is that of the local run, unless --database-url names another', async () => {
  const { host, port } = database
  const connection = { host, port, database: database.database, user: 'postgres', password: database.password }
  writeFileSync(join(folder, 'database.json'), JSON.stringify(connection))
  expect(await devices(['list'], { DATA_DIR: folder })).toMatchObject({ code: 0, stderr: '' })
  writeFileSync(join(folder, 'database.json'), JSON.stringify({ ...connection, port: 1 }))
  expect(await devices(['list'], { DATA_DIR: folder })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^The database cannot be reached \(.*npm start.*--database-url\.\n$/),
  })
  expect((await devices(['list', '--database-url', database.url], { DATA_DIR: folder })).code).toBe(0)
})

test('without a local run the error says what to do', async () => {
  const { code, stderr } = await devices(['list'], {})
  expect(code).toBe(1)
  expect(stderr).toMatch(/^\.data\/database\.json names no database .*npm start.*--database-url\.\n$/)
})

test.each([
  [[]],
  [['export']],
  [['import']],
  [['list', 'x']],
  [['import', 'a.csv', 'b.csv']],
  [['list', '--all']],
  [['show']],
  [['set', 'A1', '--json']],
])('the arguments %j print the usage and exit with 2', async (args) => {
  const { code, stdout, stderr } = await devices(args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('Usage: npm run devices -- import FILE.csv')
})

const good = 'A1,sigfox,adeunis-pulse@3,1000,,UTC,2025-01-01'

test('lines that contradict each other are listed with lines that are bad, and a long list is cut', async () => {
  write(good, good.replace('A1', '00a1'), 'XYZ,sigfox,adeunis-pulse@3,1000,,UTC,2025-01-01')
  expect((await devices(['import', file])).stderr.split('\n')).toEqual([
    `${file}: line 3: device A1 with this valid_from is already on line 2`,
    expect.stringMatching(/: line 4: device_id must be /),
    'Nothing was imported.',
    '',
  ])
  write(...Array.from({ length: 250 }, () => good.replace('1000', '0')))
  const lines = (await devices(['import', file])).stderr.trim().split('\n')
  expect(lines).toHaveLength(102)
  expect(lines[100]).toBe(`${file}: and 150 more faults`)
  expect((await database.pool.query('SELECT FROM device_import')).rowCount).toBe(0)
})

test('registrations must not overlap, within a file or with the registry', async () => {
  const long = (...lines: string[]) => writeFileSync(file, `${[`${header},valid_to`, ...lines].join('\n')}\n`)
  long(`${good},2026-06-01`, `${good.replace('2025', '2026')},`)
  expect((await devices(['import', file])).stderr).toContain(
    'line 2: the registration of device A1 from 2025-01-01T00:00:00Z ends at 2026-06-01T00:00:00Z, after the next begins at 2026-01-01T00:00:00Z',
  )
  long(`${good},2026-01-01`)
  expect((await devices(['import', file])).code).toBe(0)
  write(good.replace('2025-01-01', '2025-07-01'))
  expect((await devices(['import', file])).stderr).toContain('line 2: the registration of device A1 from 2025-01-01')
  write(good.replace('2025', '2026'))
  expect((await devices(['import', file])).code).toBe(0)
})

test('a dry run counts and changes nothing', async () => {
  write(good)
  expect((await devices(['import', file, '--dry-run'])).stdout).toBe(
    '1 added, 0 changed, 0 unchanged (a dry run: nothing was imported)\n',
  )
  expect(await rows()).toEqual([])
})

test('set corrects the registration in force, or begins a new one at an instant; retire ends it', async () => {
  expect((await devices(['set', 'A1', '--profile', 'adeunis-pulse@3'])).stderr).toContain(
    'give its --profile and its --weight',
  )
  await devices(['set', 'a1', '--profile', 'adeunis-pulse@3', '--weight', '1000/450'])
  await devices(['set', 'A1', '--meter', 'M7'])
  await devices(['set', 'A1', '--weight', '10', '--from', '2026-03-01'])
  expect((await devices(['retire', 'A1', '--from', '2026-09-01'])).stdout).toBe('Device A1 is retired.\n')
  expect(await rows()).toMatchObject([
    {
      valid_from: new Date('2015-01-01'),
      weight_millilitres: 1000,
      weight_pulses: 450,
      meter_id: 'M7',
      valid_to: null,
    },
    { valid_from: new Date('2026-03-01'), weight_millilitres: 10, weight_pulses: 1, meter_id: 'M7' },
  ])
  expect((await rows())[1].valid_to).toEqual(new Date('2026-09-01'))
  expect((await devices(['show', 'A1'])).stdout).toMatch(/adeunis-pulse@3 +10 .* M7 +2026-09-01T00:00:00Z/)
  expect(await devices(['retire', 'A1', '--from', '2026-01-01'])).toMatchObject({ code: 1 })
  expect((await devices(['set', 'A1', '--period', '0'])).stderr).toContain(
    'sample_period_seconds must be empty or a whole number above zero',
  )
  expect((await devices(['show', 'B2'])).stderr).toBe('Device B2 is not registered and was never seen.\n')
})

test('list --unknown names unregistered devices with the profiles that decode all they sent; --silent-for names silent ones', async () => {
  const hour = 3_600
  const now = Math.floor(Date.now() / 1000)
  const frames = ['46000000000100000002', '5a0000001000000100020003']
  const log = frames.map((hex, n) => sigfoxUplink(9, now - (2 - n) * hour, 0, { payload: Buffer.from(hex, 'hex') }))
  await takeIn(database.pool, 'sigfox', [...log, sigfoxUplink(8, now - hour, 1)])
  await devices(['set', 'C00008', '--profile', 'adeunis-pulse@3', '--weight', '1'])
  const lines = (await devices(['list', '--unknown'])).stdout.trim().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatch(/^C00009 +2 +\S+Z +\S+Z +adeunis-pulse@3 adeunis-pulse@4$/)
  expect((await devices(['list', '--silent-for', '26h'])).stdout).toBe('All registered devices were heard of.\n')
  await devices(['set', 'ABC', '--profile', 'adeunis-pulse@3', '--weight', '1'])
  expect((await devices(['list', '--silent-for', '26h'])).stdout).toMatch(/^ABC +adeunis-pulse@3 +- +never$/m)
  expect((await devices(['list', '--silent-for', 'PT1S'])).stdout).toMatch(/^C00008 /m)
  expect((await devices(['list', '--silent-for', 'long'])).code).toBe(2)
})

test('the role of the operations function may do what the commands do, and can change neither the schema nor the horizon of raw messages', async () => {
  const { pool, password } = database
  await pool.query(`ALTER ROLE sluice_operator PASSWORD '${password}'`)
  const url = new URL(database.url)
  url.username = 'sluice_operator'
  const asOperator = (...args: string[]) => devices([...args, '--database-url', url.toString()])
  write(good)
  expect(await asOperator('import', file)).toMatchObject({ code: 0, stderr: '' })
  for (const args of [['list'], ['list', '--unknown'], ['list', '--silent-for', '1h'], ['show', 'A1']])
    expect(await asOperator(...args)).toMatchObject({ code: 0, stderr: '' })
  expect(await asOperator('set', 'A1', '--meter', 'M8')).toMatchObject({ code: 0 })
  expect(await asOperator('retire', 'A1')).toMatchObject({ code: 0 })
  await takeIn(pool, 'sigfox', [sigfoxUplink(9, Math.floor(Date.now() / 1000) - 60, 3)])
  await devices(['set', 'C00009', '--profile', 'icemeter-pulse@1', '--weight', '1'])
  for (const args of [
    ['--device', 'C00009'],
    ['--from', '2015-01-01'],
    ['--profile', 'adeunis-pulse@3'],
    ['--reason', 'short_frame'],
  ])
    expect(await runTool('replay', [...args, '--database-url', url.toString()], {})).toMatchObject({
      code: 0,
      stderr: '',
    })
  expect(await runTool('rejects', ['summary', '--database-url', url.toString()], {})).toMatchObject({
    code: 0,
    stderr: '',
  })
  expect(await asOperator('erase', 'C00009', '--yes')).toMatchObject({ code: 0, stderr: '' })
  const client = new pg.Client({ connectionString: url.toString() })
  await client.connect()
  await expect(client.query('DROP TABLE device')).rejects.toThrow(/owner/)
  await expect(client.query('UPDATE raw_horizon SET before = now()')).rejects.toThrow(/permission denied/)
  await client.end()
})
