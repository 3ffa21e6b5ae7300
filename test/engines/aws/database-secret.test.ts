import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { connectDatabase } from '../../../adapters/postgres/connection/connect.ts'
import { classifyFault } from '../../../adapters/postgres/sql/errors.ts'
import { migrate } from '../../../adapters/postgres/upkeep/migrate.ts'
import { ensurePartitions } from '../../../adapters/postgres/upkeep/partitions.ts'
import { type Postgres, startPostgres } from '../../../local/engines/postgres.ts'
import { temporaryFolder } from '../../support/local.ts'
import { replay } from '../../support/pipeline.ts'
import { serve, stubAws } from '../../support/sqs-queue.ts'
import { sigfoxUplink } from '../../support/traffic.ts'
import { signatureOf } from './signature.ts'

const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:meters-AbCdEf'
const folder = temporaryFolder()
let server: Postgres
let admin: pg.Pool
let manager: Awaited<ReturnType<typeof serve>>
/** What the secret says, how its service answers, and how often it was asked. */
let secret = ''
let managerStatus = 200
let fetches = 0
let requestIsRight = true
let open: pg.Pool[] = []

const secretOf = (username: string, password: string) => JSON.stringify({ username, password, engine: 'postgres' })

/** A function's pool, with nothing but what its environment says of the database. */
const connectAs = (user: string, tls: 'require' | 'off' = 'off') => {
  const pool = connectDatabase({
    host: server.host,
    port: server.port,
    database: 'sluice',
    user,
    password: null,
    secretArn: arn,
    tls,
  })
  open.push(pool)
  return pool
}

const one = async (pool: pg.Pool, sql: string) => Object.values((await pool.query(sql)).rows[0] ?? {})
const setPassword = (user: string, password: string) => admin.query(`ALTER ROLE ${user} PASSWORD '${password}'`)
/** What a failover or an idle time-out does: whoever goes on needs a new connection. */
const cutConnections = async (pool: pg.Pool) => {
  const cut = new Promise((resolve) => pool.once('remove', resolve))
  await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'sluice'`)
  await cut
}

beforeAll(async () => {
  server = await startPostgres({ dataDir: folder.path })
  const { host, port, user, password } = server
  admin = new pg.Pool({ host, port, user, password, database: 'postgres' })
  // the end of the server is seen here too
  admin.on('error', () => {})
  // like the master user of RDS: no superuser
  await admin.query(`CREATE ROLE meters LOGIN CREATEROLE PASSWORD 'first'`)
  await admin.query('CREATE DATABASE sluice OWNER meters')
  await admin.query('CREATE ROLE rds_iam')
  manager = await serve(async (request, response) => {
    fetches++
    const body = await text(request)
    const scope = { secret: 'x', region: 'eu-west-1', service: 'secretsmanager' }
    requestIsRight =
      request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue' &&
      request.headers.authorization?.endsWith(signatureOf(request, body, scope)) === true &&
      JSON.parse(body).SecretId === arn
    response.writeHead(managerStatus, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify({ ARN: arn, SecretString: secret }))
  })
  stubAws(manager.port)
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${manager.port}`)
})

afterAll(async () => {
  vi.unstubAllEnvs()
  manager.close()
  await admin.end()
  await server.stop()
  folder.remove()
})

beforeEach(async () => {
  await setPassword('meters', 'first')
  secret = secretOf('meters', 'first')
  managerStatus = 200
  fetches = 0
})
afterEach(async () => {
  await Promise.all(open.map((pool) => pool.end()))
  open = []
})

describe('on a database with one user, whose password is in a secret,', () => {
  beforeAll(async () => {
    secret = secretOf('meters', 'first')
    const client = await connectAs('sluice_owner').connect()
    await migrate(client, join(import.meta.dirname, '../../../db'))
    await ensurePartitions(client, 40, 8)
    client.release()
  })

  test('upkeep makes the schema and the roles, and each function has its own rights and time limits', async () => {
    const app = connectAs('sluice_app')
    expect(await one(app, 'SELECT session_user, current_user')).toEqual(['meters', 'sluice_app'])
    expect(await one(app, 'SHOW statement_timeout')).toEqual(['20s'])
    await expect(app.query('DROP TABLE message')).rejects.toThrow(/must be owner/)
    const reader = connectAs('sluice_reader')
    expect(await one(reader, 'SHOW default_transaction_read_only')).toEqual(['on'])
    await expect(reader.query('DELETE FROM device')).rejects.toThrow(/read-only|permission denied/)
    const operator = connectAs('sluice_operator')
    expect(await one(operator, 'SELECT current_user')).toEqual(['sluice_operator'])
    expect(await one(operator, 'SHOW lock_timeout')).toEqual(['30s'])
  })

  test('the user keeps its password: no role that it made makes it a member of rds_iam', async () => {
    const made = await admin.query(
      `SELECT rolname FROM pg_roles WHERE rolname LIKE 'sluice%' AND pg_has_role('meters', oid, 'MEMBER')`,
    )
    expect(made.rows).toHaveLength(3)
    expect(await one(admin, `SELECT pg_has_role('meters', 'rds_iam', 'MEMBER')`)).toEqual([false])
  })

  test('no one takes on a role that does not exist', async () => {
    await expect(connectAs('sluice_nobody').query('SELECT 1')).rejects.toThrow(/sluice_nobody/)
  })

  test('the secret is asked for with a signed request, once in the life of a process', async () => {
    const pool = connectAs('sluice_app')
    for (let n = 0; n < 3; n++) {
      await pool.query('SELECT 1')
      await cutConnections(pool)
    }
    expect(requestIsRight).toBe(true)
    expect(fetches).toBe(1)
  })

  test('a rotation in the middle of the work fails none of it', async () => {
    const pool = connectAs('sluice_app')
    const now = Math.floor(Date.now() / 1000) - 3_600
    const batch = (device: number) => Array.from({ length: 20 }, (_, n) => sigfoxUplink(device + n, now, n))
    await replay(pool, 'sigfox', batch(0), 10)
    await setPassword('meters', 'second')
    secret = secretOf('meters', 'second')
    await replay(pool, 'sigfox', batch(100), 10)
    expect(fetches).toBe(1)
    await cutConnections(pool)
    await replay(pool, 'sigfox', batch(200), 10)
    expect(fetches).toBe(2)
    expect(await one(pool, 'SELECT count(*)::int FROM message')).toEqual([60])
  })

  test('a rotation may change the user as well', async () => {
    await admin.query(`CREATE ROLE meters_clone LOGIN PASSWORD 'other'`)
    await admin.query('GRANT sluice_app TO meters_clone')
    const pool = connectAs('sluice_app')
    await pool.query('SELECT 1')
    await setPassword('meters', 'gone')
    secret = secretOf('meters_clone', 'other')
    await cutConnections(pool)
    expect(await one(pool, 'SELECT session_user, current_user')).toEqual(['meters_clone', 'sluice_app'])
  })
})

describe('while Secrets Manager is away', () => {
  test('the sign-in that it gave before still opens connections', async () => {
    const pool = connectAs('sluice_owner')
    await pool.query('SELECT 1')
    managerStatus = 500
    await cutConnections(pool)
    expect(await one(pool, 'SELECT 1')).toEqual([1])
  })

  test.each([
    ['refuses', async () => undefined],
    ['cannot be reached', async () => vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', 'http://127.0.0.1:1')],
  ])('and no sign-in is known, or only an old one, the work waits: it %s', async (_, goAway) => {
    const pool = connectAs('sluice_owner')
    await pool.query('SELECT 1')
    await setPassword('meters', 'second')
    await cutConnections(pool)
    managerStatus = 400
    const back = process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER
    await goAway()
    for (const one of [pool, connectAs('sluice_owner')]) {
      const error = await one.query('SELECT 1').catch((reason: unknown) => reason)
      expect(String(error)).toContain(`The secret ${arn} cannot be read`)
      expect(classifyFault(error)).toBe('outage')
    }
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', back)
    managerStatus = 200
    secret = secretOf('meters', 'second')
    expect(await one(pool, 'SELECT 1')).toEqual([1])
  })
})

test('a request to Secrets Manager without an answer ends after three seconds', async () => {
  const silent = await serve(() => undefined)
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${silent.port}`)
  const begin = performance.now()
  const error = await connectAs('sluice_owner')
    .query('SELECT 1')
    .catch((reason: unknown) => reason)
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${manager.port}`)
  silent.close()
  expect(String(error)).toContain(`The secret ${arn} cannot be read: TimeoutError`)
  expect(classifyFault(error)).toBe('outage')
  expect(performance.now() - begin).toBeGreaterThan(2_900)
})

test('a password that was changed only in the database is an outage, with one request each time', async () => {
  await setPassword('meters', 'second')
  const pool = connectAs('sluice_owner')
  const error = await pool.connect().catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: '28P01' })
  expect(classifyFault(error)).toBe('outage')
  expect(fetches).toBe(2)
})

test.each(['hunter2', '', '{"username":"meters","pass":"hunter2"}', '{"username":"","password":"hunter2"}', 'null'])(
  'a secret that reads %j is named, and nothing of it is told',
  async (unreadable) => {
    secret = unreadable
    const error = await connectAs('sluice_app')
      .query('SELECT 1')
      .catch((reason: Error) => reason)
    expect(String(error)).toMatch(/secret:meters-AbCdEf must be JSON with the texts "username" and "password"/)
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter')
  },
)

test('a server without TLS gets no password', async () => {
  await expect(connectAs('sluice_owner', 'require').query('SELECT 1')).rejects.toThrow(/SSL/)
})

test('a printed pool shows no password', async () => {
  const pool = connectAs('sluice_owner')
  await pool.query('SELECT 1')
  const printed = inspect(pool, { depth: 9 })
  expect(printed).toContain('SecretPool')
  expect(printed.includes(`'first'`)).toBe(false)
})
