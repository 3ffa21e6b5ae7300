import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Postgres, startPostgres } from '../../../local/engines/postgres.ts'
import { eventually, isAlive, temporaryFolder } from '../../support/local.ts'

// mkdtemp makes it 0700: in a run as root, the server's user has no right of its own to enter it.
const folder = temporaryFolder()
const dataDir = folder.path
let server: Postgres

const query = async (sql: string) => {
  const { host, port, user, password } = server
  const client = new pg.Client({ host, port, user, password, database: 'postgres' })
  await client.connect()
  return client.query(sql).finally(() => client.end())
}

const count = async () => (await query('SELECT count(*)::int AS rows FROM kept')).rows[0].rows

beforeAll(async () => {
  server = await startPostgres({ dataDir })
  await query('CREATE TABLE kept (id int)')
})

afterAll(async () => {
  await server.stop()
  folder.remove()
})

test('the server is PostgreSQL 18, listens on 127.0.0.1 and accepts only its password', async () => {
  const { rows } = await query(
    'SELECT current_setting($$server_version$$) AS version, inet_server_addr()::text AS address',
  )
  expect(rows[0]).toEqual({ version: expect.stringMatching(/^18\./), address: '127.0.0.1/32' })
  const { host, port, user } = server
  await expect(new pg.Client({ host, port, user, password: 'wrong', database: 'postgres' }).connect()).rejects.toThrow()
})

test('a stop and a start keep the data and the password', async () => {
  await query('INSERT INTO kept VALUES (1)')
  const { pid, password } = server
  await server.stop()
  expect(isAlive(pid)).toBe(false)
  server = await startPostgres({ dataDir })
  expect(server.password).toBe(password)
  expect(await count()).toBe(1)
})

test('rows committed before a SIGKILL are there after the next start', async () => {
  await query('INSERT INTO kept VALUES (2)')
  await server.kill()
  server = await startPostgres({ dataDir })
  expect(await count()).toBe(2)
})

test('a server that is still running on the data is stopped before another starts', async () => {
  const before = server
  server = await startPostgres({ dataDir })
  expect(isAlive(before.pid)).toBe(false)
  expect(await count()).toBe(2)
})

test('the server ends when the process that started it is killed', async () => {
  await server.stop()
  const program = `
    import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, '../../../local/engines/postgres.ts'))}
    const { pid } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)} })
    console.log(pid)
    setInterval(() => {}, 1000)`
  const runner = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(runner.stdout, 'data')
  const pid = Number(line)
  expect(isAlive(pid)).toBe(true)
  runner.kill('SIGKILL')
  await eventually(() => (isAlive(pid) ? undefined : true))
  server = await startPostgres({ dataDir })
  expect(await count()).toBe(2)
})
