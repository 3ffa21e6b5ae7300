import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openDatabase, type TestDatabase } from '../support/postgres.ts'

const header = 'device_id,network,profile,millilitres_per_pulse,sample_period_seconds,time_zone,valid_from'
const folder = mkdtempSync(join(tmpdir(), 'sluice-devices-'))
const file = join(folder, 'devices.csv')
const write = (...lines: string[]) => writeFileSync(file, `${[header, ...lines].join('\n')}\n`)

let database: TestDatabase
beforeAll(async () => {
  database = await openDatabase()
})
beforeEach(() => database.pool.query('TRUNCATE device'))
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command as a user does; its database is that of the environment. */
const devices = (args: string[], environment: Record<string, string> = { DATABASE_URL: database.url }): Promise<Run> =>
  new Promise((resolve) => {
    const main = join(import.meta.dirname, '../../tools/devices/main.ts')
    const env = { PATH: process.env.PATH ?? '', ...environment }
    execFile(process.execPath, [main, ...args], { env, cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })

const rows = async () => (await database.pool.query('SELECT * FROM device ORDER BY device_id, valid_from')).rows

test('an import adds, a second changes nothing, a third changes what differs', async () => {
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

test('more devices than one statement takes are imported together', async () => {
  const ids = Array.from({ length: 2500 }, (_, n) => (n + 1).toString(16))
  write(...ids.map((id) => `${id},sigfox,adeunis-pulse@3,1000,,UTC,2025-01-01T00:00:00Z`))
  expect((await devices(['import', file])).stdout).toBe('2500 added, 0 changed, 0 unchanged\n')
  expect(await rows()).toHaveLength(2500)
})

test('one bad line and nothing of the file is applied', async () => {
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

test('list shows the registry as an aligned table, and with --json under the column names of the file', async () => {
  expect((await devices(['list'])).stdout).toBe('No devices are registered.\n')
  write(
    'A1,sigfox,adeunis-pulse@3,1000/450,,UTC,2025-01-01',
    'A1,sigfox,adeunis-pulse@4,1,60,UTC,2026-01-01T00:00:00.5Z',
  )
  await devices(['import', file])
  expect((await devices(['list'])).stdout.split('\n')).toEqual([
    'device_id  network  profile          millilitres_per_pulse  sample_period_seconds  time_zone  valid_from',
    'A1         sigfox   adeunis-pulse@3  1000/450               -                      UTC        2025-01-01T00:00:00Z',
    'A1         sigfox   adeunis-pulse@4  1                      60                     UTC        2026-01-01T00:00:00.500Z',
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
  })
})

test('the local run tells where its database is; the option goes before it', async () => {
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

test('without a local run one sentence says what to do', async () => {
  const { code, stderr } = await devices(['list'], {})
  expect(code).toBe(1)
  expect(stderr).toMatch(/^\.data\/database\.json tells of no database .*npm start.*--database-url\.\n$/)
})

test.each([[[]], [['export']], [['import']], [['list', 'x']], [['import', 'a.csv', 'b.csv']], [['list', '--all']]])(
  'the arguments %j print the usage and end with 2',
  async (args) => {
    const { code, stdout, stderr } = await devices(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: npm run devices -- import FILE.csv')
  },
)
