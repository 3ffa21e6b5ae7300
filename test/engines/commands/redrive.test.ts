import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type FauxqsServer, startFauxqs } from 'fauxqs'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { connectSqs } from '../../../local/bus/aws-client.ts'
import { runTool } from '../../support/command.ts'
import { eventually, temporaryFolder } from '../../support/local.ts'
import { serve, urlOf } from '../../support/sqs-queue.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

const source = 'ProcessRawDataSigfoxQueue'
const dead = 'ProcessRawDataSigfoxDeadLetters'
const region = 'eu-west-1'

let server: FauxqsServer
let sqs: ReturnType<typeof connectSqs>

/** A folder in which a local run would say where its bus is. */
const tell = (port: number, bus = 'sqs') =>
  writeFileSync(join(folder.path, 'bus.json'), JSON.stringify({ bus, region, url: `http://127.0.0.1:${port}` }))

beforeEach(async () => {
  server = await startFauxqs({ port: 0, logger: false, defaultRegion: region })
  sqs = connectSqs(`http://127.0.0.1:${server.port}`)
  const queues: Record<string, Record<string, string>> = { ProcessPulseDataSigfoxDeadLetters: {}, [dead]: {} }
  const redrive = (name: string) => ({
    VisibilityTimeout: '1',
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: `arn:aws:sqs:${region}:000000000000:${name}`,
      maxReceiveCount: 1,
    }),
  })
  queues[source] = redrive(dead)
  queues.ProcessPulseDataSigfoxQueue = redrive('ProcessPulseDataSigfoxDeadLetters')
  for (const [QueueName, Attributes] of Object.entries(queues)) await sqs('CreateQueue', { QueueName, Attributes })
  tell(server.port)
})
afterEach(() => server.stop())

const url = (name: string) => urlOf(server.port, name)

const fill = async (bodies: readonly string[]) => {
  for (let at = 0; at < bodies.length; at += 10) {
    const Entries = bodies.slice(at, at + 10).map((MessageBody, i) => ({
      Id: String(i),
      MessageBody,
      MessageAttributes: {
        tenant: { DataType: 'String', StringValue: `of ${MessageBody}` },
        bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]).toString('base64') },
      },
    }))
    await sqs('SendMessageBatch', { QueueUrl: url(dead), Entries })
  }
}
const names = (count: number) => Array.from({ length: count }, (_, n) => `pack-${n}`)

/** Bodies in a queue, also of those that somebody holds. */
const bodiesIn = (name: string): string[] => {
  const { ready = [], inflight = [] } = server.inspectQueue(name)?.messages ?? {}
  return [...ready.map(({ body }) => body), ...inflight.map(({ message }) => message.body)].sort()
}

const redrive = (...args: string[]) => runTool('redrive', args, { DATA_DIR: folder.path })

test('all dead letters of a lane go back, each once, with their attributes', async () => {
  await fill(names(95))
  expect(await redrive('sigfox')).toEqual({
    code: 0,
    stdout: 'ProcessRawDataSigfox: 95 packs moved, 0 left\nProcessPulseDataSigfox: 0 packs moved, 0 left\n',
    stderr: '',
  })
  expect(bodiesIn(source)).toEqual(names(95).sort())
  expect(bodiesIn(dead)).toEqual([])
  const attributes = server.inspectQueue(source)?.messages.ready.map((message) => message.messageAttributes)
  for (const [i, { body }] of (server.inspectQueue(source)?.messages.ready ?? []).entries())
    expect(attributes?.[i]).toMatchObject({
      tenant: { DataType: 'String', StringValue: `of ${body}` },
      bytes: { DataType: 'Binary', BinaryValue: 'AP8=' },
    })
})

test('a dry run counts and moves nothing; with a limit no more packs of the named step are moved', async () => {
  await fill(names(23))
  expect((await redrive('sigfox', '--dry-run')).stdout).toBe(
    'ProcessRawDataSigfox: 23 packs would be moved\nProcessPulseDataSigfox: 0 packs would be moved\n',
  )
  expect(bodiesIn(dead)).toHaveLength(23)
  expect((await redrive('sigfox', '--step', 'raw', '--limit', '13')).stdout).toBe(
    'ProcessRawDataSigfox: 13 packs moved, 10 left\n',
  )
  expect([bodiesIn(source).length, bodiesIn(dead).length]).toEqual([13, 10])
})

test('killed in the middle, nothing is lost: what was not removed is still a dead letter, and the next run moves it', async () => {
  const all = names(3_000)
  await fill(all)
  await sqs('SetQueueAttributes', { QueueUrl: url(dead), Attributes: { VisibilityTimeout: '1' } })
  const main = join(import.meta.dirname, '../../../commands/redrive/main.ts')
  const env = { PATH: process.env.PATH ?? '', DATA_DIR: folder.path }
  const child = spawn(process.execPath, [main, 'sigfox', '--step', 'raw'], { env, stdio: 'ignore' })
  await eventually(() => (bodiesIn(source).length > 200 ? true : undefined))
  child.kill('SIGKILL')
  await once(child, 'close')
  expect(bodiesIn(dead).length).toBeGreaterThan(0)
  expect(new Set([...bodiesIn(source), ...bodiesIn(dead)])).toEqual(new Set(all))

  await pause(1_100)
  expect((await redrive('sigfox', '--step', 'raw')).code).toBe(0)
  expect(bodiesIn(dead)).toEqual([])
  expect(new Set(bodiesIn(source))).toEqual(new Set(all))
})

test('it stops when a pack comes back that it has moved: poison does not circle', async () => {
  await fill(names(200))
  // a worker that fails on everything at once: what it receives twice is a dead letter again
  let working = true
  const worker = async () => {
    while (working) {
      await sqs('ReceiveMessage', { QueueUrl: url(source), MaxNumberOfMessages: 10, VisibilityTimeout: 0 })
      await pause(1)
    }
  }
  const failing = worker()
  const { code, stderr } = await redrive('sigfox', '--step', 'raw')
  working = false
  await failing
  expect(code).toBe(1)
  expect(stderr).toMatch(/^ProcessRawDataSigfox: stopped, because \d+ packs? came back that had just been moved/)
  expect(new Set([...bodiesIn(source), ...bodiesIn(dead)])).toEqual(new Set(names(200)))
})

interface Entry {
  readonly Id: string
  readonly MessageBody?: string
}

const forward = async (target: string, authorization: string, asked: object): Promise<object> => {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target, authorization }
  const answer = await fetch(`http://127.0.0.1:${server.port}/`, {
    method: 'POST',
    headers,
    body: JSON.stringify(asked),
  })
  return (await answer.json()) as object
}

test('only what SQS did not take is sent again; what it never takes stays a dead letter, and the command says so', async () => {
  let refusals = 0
  const proxy = await serve(async (request, response) => {
    const target = `${request.headers['x-amz-target']}`
    const asked: { Entries?: Entry[] | undefined } = JSON.parse(Buffer.concat(await request.toArray()).toString())
    const Failed: object[] = []
    if (target.endsWith('SendMessageBatch'))
      asked.Entries = asked.Entries?.filter(({ Id, MessageBody }, i) => {
        const refused = MessageBody === 'pack-7' || (i === 1 && refusals < 20)
        if (refused) refusals++
        if (refused) Failed.push({ Id, Code: 'InternalError', SenderFault: false })
        return !refused
      })
    const { authorization = '' } = request.headers
    const answer = asked.Entries?.length === 0 ? {} : await forward(target, authorization, asked)
    const body = JSON.stringify(Failed.length > 0 ? { ...answer, Failed } : answer)
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
  })
  await fill(names(40))
  tell(proxy.port)
  const { code, stdout, stderr } = await redrive('sigfox', '--step', 'raw')
  proxy.close()
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: 'ProcessRawDataSigfox: 39 packs moved, 1 left\n',
    stderr:
      'ProcessRawDataSigfox: SQS did not take 1 pack (InternalError); they are still dead letters. Run it again.\n',
  })
  expect(bodiesIn(source)).toEqual(
    names(40)
      .filter((name) => name !== 'pack-7')
      .sort(),
  )
  expect(bodiesIn(dead)).toEqual(['pack-7'])
})

test.each([
  [['sigfo'], 2, 'There is no lane "sigfo"; did you mean sigfox?'],
  [[], 2, 'Usage: npm run redrive'],
  [['sigfox', '--step', 'door'], 2, '--step is raw or pulse, not "door".'],
  [['sigfox', '--limit', '0'], 2, '--limit is a number of packs from 1 on, not "0".'],
  [['sigfox', '--stack', 'prod'], 2, '--stack is the name of a stack like sluice-prod-ingest, not "prod".'],
  [['nbiot'], 1, 'No queue here whose name begins with ProcessRawDataNBIoT has dead letters.'],
])('%j is refused with a sentence', async (args, code, sentence) => {
  const run = await redrive(...args)
  expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' })
  expect(run.stderr.startsWith(sentence)).toBe(true)
})

test('without dead letters it says why, and where to look instead', async () => {
  tell(server.port, 'kinesis')
  expect((await redrive('sigfox')).stderr).toMatch(/^On Kinesis there are no dead letters: .*runbook\.md, R5\)\.\n$/)
  expect((await runTool('redrive', ['sigfox'], { DATA_DIR: '/nowhere' })).stderr).toContain(
    'start the local system with `npm start`, or name a stack with --stack.',
  )
  tell(1)
  expect((await redrive('sigfox')).stderr).toMatch(/^SQS did not do it: /)
})

test('with --stack the queues are those of the data stack, found by name in the region of the credentials', async () => {
  const attributes = {
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: `arn:aws:sqs:${region}:000000000000:${dead}`,
      maxReceiveCount: 1,
    }),
  }
  const name = 'sluice-prod-data-ProcessRawDataSigfoxQueueAB12CD34-x1y2z3'
  await sqs('CreateQueue', { QueueName: name, Attributes: attributes })
  await fill(names(3))
  const run = await runTool('redrive', ['sigfox', '--step', 'raw', '--stack', 'sluice-prod-ingest'], {
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${server.port}`,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'someone',
    AWS_SECRET_ACCESS_KEY: 'secret',
  })
  expect(run).toEqual({ code: 0, stdout: 'ProcessRawDataSigfox: 3 packs moved, 0 left\n', stderr: '' })
  expect(bodiesIn(name)).toEqual(names(3))
})
