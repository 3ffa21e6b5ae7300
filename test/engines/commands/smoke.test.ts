import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSecrets } from '../../../local/engines/secrets.ts'
import { freePort, freeUdpPort } from '../../../local/process/ports.ts'
import { operations } from '../../../operations/index.ts'
import { assemblyOf } from '../../support/assembly.ts'
import { runTool } from '../../support/command.ts'
import { readFlow } from '../../support/flow.ts'
import { type RunningLocal, startWhole, temporaryFolder } from '../../support/local.ts'
import { serve } from '../../support/sqs-queue.ts'

const folder = temporaryFolder()
let local: RunningLocal
let database: pg.Client
beforeAll(async () => {
  local = await startWhole(folder.path, { assemblyFolder: await assemblyOf() })
  database = new pg.Client(local.databaseUrl)
  await database.connect()
})
afterAll(async () => {
  await database?.end()
  await local?.stop()
  folder.remove()
})

const smoke = (args: readonly string[] = [], environment: Record<string, string> = {}) =>
  runTool('smoke', args, {
    DATA_DIR: folder.path,
    HTTP_PORT: String(local.overrides.httpPort),
    UDP_PORT: String(local.udpPort),
    ...environment,
  })

/** Rows of any device. */
const kept = async () => {
  const { rows } = await database.query<{ rows: number }>(
    `SELECT (SELECT count(*) FROM device) + (SELECT count(*) FROM message) + (SELECT count(*) FROM reading)
       + (SELECT count(*) FROM event) + (SELECT count(*) FROM reject WHERE device_id IS NOT NULL) AS rows`,
  )
  return Number(rows[0]?.rows)
}

test('a message goes through each door and is read back; nothing of it is left', async () => {
  const { code, stdout, stderr } = await smoke()
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const [sigfox, nbiot, erased, ...more] = stdout.trim().split('\n').toSorted().reverse()
  expect(sigfox).toMatch(/^sigfox: http:\S+\/sigfox\/uplink answered 204 after \d+ ms; read back \d+\.\d s later$/)
  expect(nbiot).toMatch(/^nbiot: one datagram to 127\.0\.0\.1:\d+; read back after \d+\.\d s$/)
  expect([erased, ...more]).toEqual(['everything that was sent is erased'])
  expect(await kept()).toBe(0)
})

test('addresses may be given as a deployment prints them', async () => {
  const doors = ['--http', `${local.httpUrl}/sigfox/batch`, '--udp', `localhost:${local.udpPort}`]
  const run = await smoke([...doors, '--api', `${local.httpUrl}/v1`, '--token-env', 'TOKEN'], { TOKEN: 'local' })
  expect(run).toMatchObject({ code: 0, stderr: '' })
  expect(await kept()).toBe(0)
})

test('what a killed run left behind does not disturb the next, which erases it', async () => {
  const { rows } = await database.query(
    `INSERT INTO device (device_id, valid_from, network, profile, weight_millilitres, weight_pulses, time_zone, meter_id)
     VALUES ('FFFFFFFE', '2015-01-01', 'sigfox', 'icemeter-pulse@1', 1, 1, 'UTC', 'smoke-test') RETURNING device_id`,
  )
  expect(rows).toHaveLength(1)
  expect(await smoke()).toMatchObject({ code: 0, stderr: '' })
  expect(await kept()).toBe(0)
})

test('if another device has the id, it is left alone and nothing is sent', async () => {
  await database.query(
    `INSERT INTO device (device_id, valid_from, network, profile, weight_millilitres, weight_pulses, time_zone, meter_id)
     VALUES ('868411059999990', '2020-01-01', 'nbiot', 'dragino-sw3l-nb', 1, 1, 'UTC', 'M-1')`,
  )
  const { code, stderr } = await smoke()
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'Device 868411059999990 is registered, but not by this test: nothing was sent or erased.\n',
  })
  const { rows } = await database.query(`DELETE FROM device WHERE meter_id = 'M-1' RETURNING device_id`)
  expect(rows).toHaveLength(1)
  await database.query('DELETE FROM device')
  expect(await kept()).toBe(0)
})

/** A run with one thing wrong fails with this sentence. The other door is tried all the same. */
const fails = async (args: readonly string[], sentence: RegExp, environment = {}) => {
  const { code, stdout, stderr } = await smoke(args, environment)
  expect(stderr).toMatch(sentence)
  expect(code).toBe(1)
  expect(stdout).toMatch(/everything that was sent is erased\n$/)
  return stdout
}

test('a wrong token, a closed port and a door that answers something else have a sentence each', async () => {
  const stdout = await fails(['--token-env', 'T'], /^The Sigfox door refuses the token \(HTTP 40[13]\)/, { T: 'other' })
  expect(stdout).toMatch(/^nbiot: one datagram/)
  await fails(
    ['--http', `http://127.0.0.1:${await freePort()}`],
    /^The Sigfox door \S+\/sigfox\/uplink does not answer: .*ECONNREFUSED/,
  )
  const other = await serve((_, response) => response.writeHead(503).end('later'))
  await fails(
    ['--http', `http://127.0.0.1:${other.port}`],
    /^The Sigfox door \S+ answers HTTP 503, not 204: nothing is stored\. later$/m,
  )
  other.close()
})

test('datagrams to a closed port, or lost ones, are reported when the time is up at the latest', async () => {
  await fails(
    ['--udp', `127.0.0.1:${await freeUdpPort()}`],
    /^The NB-IoT door \S+ takes no datagrams: nothing listens/m,
  )
  const hole = createSocket('udp4').bind(0, '127.0.0.1')
  await once(hole, 'listening')
  const stdout = await fails(
    ['--udp', `127.0.0.1:${hole.address().port}`, '--within', '3'],
    /^nbiot: no reading of the message within 3 s\. .*R11\)\.$/m,
  )
  expect(stdout).toMatch(/^sigfox: /)
  await fails(['--udp', 'no.such.host.invalid:5683'], /^The NB-IoT door no\.such\.host\.invalid:5683 has no address/m)
  hole.close()
})

test('if the reading API refuses us or does not answer, the error says so, and nothing is sent', async () => {
  const received = async () => (await readFlow(local.httpUrl)).sigfox.raw.received
  const before = await received()
  const closed = await serve((_, response) => response.writeHead(403).end('{"message":"Forbidden"}'))
  await fails(
    ['--api', `http://127.0.0.1:${closed.port}`],
    /refuses this identity \(HTTP 403\): it needs execute-api:Invoke/,
  )
  closed.close()
  await fails(['--api', `http://127.0.0.1:${await freePort()}`], /The reading API \S+\/v1 does not answer/)
  expect(await received()).toBe(before)
})

test('a reading with another index than the one sent does not count', async () => {
  const wrong = await serve(async (request, response) => {
    const answer = await fetch(local.httpUrl + request.url)
    const text = await answer.text()
    response.writeHead(answer.status).end(text.replaceAll('"index":', '"index":1'))
  })
  const stdout = await fails(
    ['--api', `http://127.0.0.1:${wrong.port}`, '--within', '2'],
    /^sigfox: no reading of the message/m,
  )
  wrong.close()
  expect(stdout).toBe('everything that was sent is erased\n')
})

test('what arrives after a run gave up is erased by the next', async () => {
  expect(await smoke()).toMatchObject({ code: 0, stderr: '' })
  expect(await kept()).toBe(0)
})

/** Runs operations like the function beside a private database. */
const startOperations = (pool: pg.Pool) =>
  serve(async (request, response) => {
    const { operation, input } = JSON.parse(Buffer.concat(await request.toArray()).toString())
    const run = operations(pool, null)[operation as 'showDevice']
    const answer = await run(input).then(
      (result) => ({ result }),
      (error: Error) => ({ sentences: [error.message] }),
    )
    response.end(JSON.stringify(answer))
  })

/** The reading API as IAM guards it: it takes only requests that are signed for it. */
const startGuarded = (seen: string[]) =>
  serve(async (request, response) => {
    const { authorization = '' } = request.headers
    seen.push(authorization)
    if (!authorization.includes('/eu-west-3/execute-api/aws4_request'))
      return void response.writeHead(403).end('{"message":"Missing Authentication Token"}')
    const answer = await fetch(local.httpUrl + request.url)
    response.writeHead(answer.status).end(await answer.text())
  })

test('with --stack the token comes from the secret, requests are signed, and the function registers the devices', async () => {
  const pool = new pg.Pool({ connectionString: local.databaseUrl })
  const arn = 'arn:aws:secretsmanager:eu-west-3:111122223333:secret:SigfoxToken-x'
  const secrets = await startSecrets(new Map([[arn, '{"current":"local"}']]))
  const lambda = await startOperations(pool)
  const seen: string[] = []
  const api = await startGuarded(seen)
  const doors = [
    '--http',
    local.httpUrl,
    '--udp',
    `127.0.0.1:${local.udpPort}`,
    '--api',
    `http://127.0.0.1:${api.port}/v1`,
  ]
  const asked = [...doors, '--stack', 'sluice-prod-ingest', '--token-secret', arn]
  const environment = {
    AWS_REGION: 'eu-west-3',
    AWS_ACCESS_KEY_ID: 'someone',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${lambda.port}`,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
  }
  const run = await smoke(asked, environment)
  const outputs = join(folder.path, 'outputs.json')
  const written = {
    SigfoxCallbackUrl: `${local.httpUrl}/sigfox/uplink`,
    UdpAddress: `127.0.0.1:${local.udpPort}`,
    ApiUrl: `http://127.0.0.1:${api.port}/v1`,
    SigfoxSecretArn: arn,
  }
  writeFileSync(outputs, JSON.stringify({ 'sluice-prod-ingest': written }))
  const deployed = await smoke(['--stack', 'sluice-prod-ingest', '--outputs', outputs], environment)
  const unknown = await smoke([...asked.slice(0, -1), `${arn}y`], environment)
  api.close()
  lambda.close()
  await secrets.stop()
  await pool.end()
  expect(run).toMatchObject({ code: 0, stderr: '' })
  expect(deployed).toMatchObject({ code: 0, stderr: '' })
  expect(seen.length).toBeGreaterThan(1)
  expect(unknown.stderr).toMatch(/^The secret \S+y cannot be read \(HTTP 400\): /)
  expect(run.stdout + unknown.stdout + unknown.stderr).not.toContain('local"')
  expect(await kept()).toBe(0)
})

test.each([
  [['--udp', 'host'], '--udp must be HOST:PORT, not "host".'],
  [['--http', 'host'], '--http must be an http or https address, not "host".'],
  [['--within', '0'], '--within must be a number of seconds from 1 to 9999, not "0".'],
  [['--token-env', 'NONE'], '--token-env NONE: this variable is missing or empty.'],
  [['--outputs', 'none.json'], '--outputs needs --stack, whose outputs are read.'],
  [['--outputs', 'none.json', '--stack', 's'], '--outputs none.json has no outputs of s: '],
  [['--stack', 'sluice-prod-ingest'], '--stack also needs --http, --udp, --api.'],
  [
    ['--stack', 's', '--http', 'http://a', '--udp', 'a:1', '--api', 'http://a'],
    '--stack also needs the token: use --token-secret or --token-env.',
  ],
])('%j is refused with a sentence before anything is sent', async (args, sentence) => {
  const { code, stdout, stderr } = await smoke(args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr.startsWith(sentence)).toBe(true)
})
