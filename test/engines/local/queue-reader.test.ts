import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { connectSqs, type Sqs } from '../../../local/bus/aws-client.ts'
import { readQueue } from '../../../local/bus/queue-reader.ts'
import { makeQueues, queueDepth } from '../../../local/bus/topics.ts'
import { startSqsServer } from '../../../local/engines/bus-server.ts'
import { type FunctionHost, hostFunction } from '../../../local/functions/function-host.ts'
import type { Invocation } from '../../../local/functions/function-process.ts'
import type { Running } from '../../../local/process/child.ts'
import { freePort } from '../../../local/process/ports.ts'
import { queueArn, queueUrl } from '../../../local/template/addresses.ts'
import type { QueueMapping } from '../../../local/template/mappings.ts'
import { eventually, temporaryFolder } from '../../support/local.ts'

interface Event {
  readonly Records: readonly { readonly messageId: string; readonly body: string; readonly attributes: object }[]
}

const folder = temporaryFolder()
let server: Running
let sqs: Sqs
let busUrl: string
let host: FunctionHost
let stopReading = async () => {}
let queues = 0

beforeAll(async () => {
  const port = await freePort()
  server = await startSqsServer(folder.path, port, true)
  busUrl = `http://127.0.0.1:${port}`
  sqs = connectSqs(busUrl)
  const code = `export const handler = async ({ Records }) => {
    const words = Records.map(({ body }) => body)
    if (words.includes('throw')) throw new Error('thrown')
    if (words.includes('hang')) await new Promise(() => {})
    return { batchItemFailures: Records.filter(({ body }) => body === 'fail')
      .map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }`
  writeFileSync(join(folder.path, 'index.mjs'), code)
  host = hostFunction(
    {
      name: 'Worker',
      arn: 'arn:aws:lambda:eu-west-1:000000000000:function:Worker',
      bundle: folder.path,
      handler: 'index.handler',
      environment: {},
      timeoutSeconds: 1,
      memoryMegabytes: 128,
    },
    2,
    folder.path,
  )
})

afterEach(() => stopReading())
afterAll(async () => {
  await host.stop()
  await server.stop()
  folder.remove()
})

/** Makes a queue with dead letters and reads it; `batches` are what the function was given. */
const connect = async (
  bodies: readonly string[],
  options: Partial<QueueMapping> & { tries?: number; invoke?: (event: unknown) => Promise<Invocation> } = {},
) => {
  const { tries = 100, invoke = host.invoke, ...changes } = options
  const name = `queue-${++queues}`
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn(`${name}-dead`), maxReceiveCount: tries })
  await makeQueues(sqs, busUrl, [
    { name: `${name}-dead`, attributes: {} },
    { name, attributes: { VisibilityTimeout: '1', RedrivePolicy } },
  ])
  const url = queueUrl(busUrl, name)
  const send = (body: string) => sqs('SendMessage', { QueueUrl: url, MessageBody: body })
  for (const body of bodies) await send(body)
  const mapping: QueueMapping = {
    functionArn: '',
    queueArn: queueArn(name),
    queueUrl: url,
    batchSize: 10,
    windowSeconds: 0,
    reportsFailures: true,
    mostConcurrent: null,
    ...changes,
  }
  const batches: string[][] = []
  const spy = async (event: unknown) => {
    batches.push((event as Event).Records.map(({ body }) => body))
    return invoke(event)
  }
  stopReading = readQueue(mapping, { sqs, invoke: spy }, 1).stop
  const depth = () => queueDepth(sqs, url)
  const empty = () => eventually(async () => ((await depth()) === 0 ? true : undefined))
  return { batches, send, depth, empty, deadDepth: () => queueDepth(sqs, queueUrl(busUrl, `${name}-dead`)) }
}

const ok = async (payload: unknown = null): Promise<Invocation> => ({ ok: true, payload })

test('a batch is one invocation, in the format of AWS, and is deleted after it', async () => {
  let event: unknown
  const { batches, empty } = await connect(['a', 'b', 'c'], {
    invoke: (given) => {
      event = given
      return ok()
    },
  })
  await empty()
  expect(batches).toEqual([['a', 'b', 'c']])
  expect((event as Event).Records[0]).toMatchObject({
    messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn(`queue-${queues}`),
    awsRegion: 'eu-west-1',
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d{13}$/) },
  })
})

test('a message is delivered within half a second', async () => {
  const { batches, send } = await connect([])
  const sentAt = Date.now()
  await send('a')
  await eventually(() => batches[0])
  expect(Date.now() - sentAt).toBeLessThan(500)
})

test('only the named message is delivered again', async () => {
  const { batches } = await connect(['a', 'fail', 'b'])
  await eventually(() => batches[2])
  expect(batches.slice(0, 3)).toEqual([['a', 'fail', 'b'], ['fail'], ['fail']])
})

test.each(['throw', 'hang'])('the whole batch is delivered again after a %s of the function', async (word) => {
  const { batches } = await connect(['a', word])
  // Not always together: each message becomes visible at its own moment.
  const again = () => batches.slice(1).flat()
  await eventually(() => (again().includes('a') && again().includes(word) ? true : undefined))
  expect(batches[0]).toEqual(['a', word])
})

test('an unknown id brings the whole batch back', async () => {
  const answers = [ok({ batchItemFailures: [{ itemIdentifier: 'unknown' }] })]
  const { batches, empty } = await connect(['a', 'b'], { invoke: () => answers.shift() ?? ok() })
  await empty()
  expect(batches[0]).toEqual(['a', 'b'])
  expect(batches.slice(1).flat().toSorted()).toEqual(['a', 'b'])
})

test('a mapping without ReportBatchItemFailures also deletes the messages that the function names', async () => {
  const { batches, empty } = await connect(['fail'], { reportsFailures: false })
  await empty()
  expect(batches).toEqual([['fail']])
})

test('a message that fails as often as the redrive policy allows becomes a dead letter', async () => {
  const { batches, depth, deadDepth } = await connect(['fail', 'a'], { tries: 2 })
  await eventually(async () => ((await deadDepth()) === 1 ? true : undefined))
  expect(batches.flat().filter((body) => body === 'fail')).toHaveLength(2)
  expect(await depth()).toBe(0)
})

test('the window gathers messages until the batch is full', async () => {
  const bodies = Array.from({ length: 25 }, (_, number) => String(number))
  const { batches, empty } = await connect(bodies, { batchSize: 20, windowSeconds: 0.3, invoke: () => ok() })
  await empty()
  expect(batches.map(({ length }) => length)).toEqual([20, 5])
})

test('the window ends a batch that is not full', async () => {
  const { batches, send, empty } = await connect(['a'], { batchSize: 100, windowSeconds: 0.4, invoke: () => ok() })
  await send('b')
  await empty()
  expect(batches).toEqual([['a', 'b']])
})

test('a batch stays below 6 MB', async () => {
  const megabyte = 'x'.repeat(1_000_000)
  const { batches, empty } = await connect(
    Array.from({ length: 8 }, () => megabyte),
    { invoke: () => ok() },
  )
  await empty()
  expect(batches.map(({ length }) => length)).toEqual([6, 2])
})

test('a stop waits for the running batch and starts no other', async () => {
  let finish = (_: Invocation) => {}
  const running = new Promise<Invocation>((settle) => {
    finish = settle
  })
  const { batches, send, depth } = await connect(['a'], { invoke: () => running })
  await eventually(() => batches[0])
  await send('b')
  const stopped = stopReading()
  finish({ ok: true, payload: null })
  await stopped
  expect(batches).toEqual([['a']])
  expect(await depth()).toBe(1)
})

test('the queue server listens on 127.0.0.1 only', async () => {
  await expect(fetch(busUrl.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow()
})

test('queues and messages survive a kill of the queue server, and get new attributes', async () => {
  const { send, depth } = await connect([])
  await stopReading()
  await send('a')
  process.kill(server.pid, 'SIGKILL')
  await server.exited
  server = await startSqsServer(folder.path, Number(new URL(busUrl).port), true)
  const name = `queue-${queues}`
  await makeQueues(sqs, busUrl, [{ name, attributes: { VisibilityTimeout: '7' } }])
  expect(await depth()).toBe(1)
  const attributes = await sqs('GetQueueAttributes', { QueueUrl: queueUrl(busUrl, name), AttributeNames: ['All'] })
  expect(attributes).toMatchObject({ Attributes: { VisibilityTimeout: '7' } })
})
