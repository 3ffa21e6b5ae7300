import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runTool } from '../../support/command.ts'
import { replay as takeIn } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { sigfoxUplink } from '../../support/traffic.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-operations-'))
let db: TestDatabase
let server: Server
let environment: Record<string, string>
const requests: { readonly path: string; readonly authorization: string }[] = []

/** Serves the real function through Lambda's Invoke API. */
const startLambda = async (handler: (call: never) => Promise<unknown>): Promise<Server> => {
  const answer = async (request: IncomingMessage) => {
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization ?? '' })
    return JSON.stringify(await handler(JSON.parse(await text(request)) as never))
  }
  const lambda = createServer((request, response) => {
    answer(request).then(
      (body) => response.end(body),
      (error) => response.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end(String(error)),
    )
  })
  lambda.listen(0, '127.0.0.1')
  await once(lambda, 'listening')
  return lambda
}

beforeAll(async () => {
  db = await openDatabase()
  await db.pool.query(`ALTER ROLE sluice_operator PASSWORD '${db.password}'`)
  const settings = {
    HOST: db.host,
    PORT: String(db.port),
    NAME: db.database,
    USER: 'sluice_operator',
    PASSWORD: db.password,
    TLS: 'off',
  }
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(`DATABASE_${name}`, value)
  const { handler } = await import('../../../lambdas/operations.ts')
  vi.unstubAllEnvs()
  server = await startLambda(handler)
  environment = {
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-west-3',
    AWS_ACCESS_KEY_ID: 'someone',
    AWS_SECRET_ACCESS_KEY: 'secret',
  }
})
afterAll(async () => {
  server.close()
  await db.close()
  rmSync(folder, { recursive: true })
})

const onStack = (tool: string, ...args: string[]) =>
  runTool(tool, [...args, '--stack', 'sluice-prod-ingest'], environment)

test('with --stack the commands do the same through the function, with signed requests', async () => {
  const file = join(folder, 'fleet.csv')
  const header = 'device_id,network,profile,millilitres_per_pulse,sample_period_seconds,time_zone,valid_from'
  const lines = Array.from(
    { length: 12_000 },
    (_, n) => `${(n + 1).toString(16)},sigfox,adeunis-pulse@3,1000,,UTC,2025-01-01`,
  )
  writeFileSync(file, [header, ...lines].join('\n'))
  expect(await onStack('devices', 'import', file)).toEqual({
    code: 0,
    stdout: '12000 added, 0 changed, 0 unchanged\n',
    stderr: '',
  })
  expect((await onStack('devices', 'list')).stdout).toBe(
    (await runTool('devices', ['list'], { DATABASE_URL: db.url })).stdout,
  )
  await takeIn(db.pool, 'sigfox', [sigfoxUplink(1, Math.floor(Date.now() / 1000) - 60, 3)])
  // the function's stage has no default profile
  expect((await onStack('replay', '--device', 'C00001')).stdout).toMatch(/readings gone +2\n/)
  expect((await onStack('rejects', 'summary')).stdout).toMatch(/1 +1 +sigfox +pulse +unknown_device/)
  expect(new Set(requests.map(({ path }) => path))).toEqual(
    new Set(['/2015-03-31/functions/sluice-prod-ingest-operations/invocations']),
  )
  for (const { authorization } of requests)
    expect(authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=someone\/\d{8}\/eu-west-3\/lambda\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/,
    )
})

test('a fault that the function finds is printed like a local one; an unknown operation or a crash is one sentence', async () => {
  expect(await onStack('devices', 'show', 'FFFFFFFF')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Device FFFFFFFF is not registered and was never seen.\n',
  })
  const { handler } = await import('../../../lambdas/operations.ts')
  expect(await handler({ operation: 'toString', input: null })).toEqual({
    sentences: ['This version has no operation toString.'],
  })
  await db.pool.query('ALTER TABLE device RENAME TO device_away')
  const failed = await onStack('devices', 'list')
  await db.pool.query('ALTER TABLE device_away RENAME TO device')
  expect(failed).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^sluice-prod-ingest-operations in eu-west-3 failed .*device/),
  })
})
