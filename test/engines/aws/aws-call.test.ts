import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openCall, openFetchCall } from '../../../adapters/aws/call.ts'
import { serve } from '../../support/sqs-queue.ts'
import { signatureOf } from './signature.ts'

const service = { name: 'sqs', target: 'AmazonSQS', jsonVersion: '1.0' } as const
const place = { secret: 'secret', region: 'eu-west-1', service: 'sqs' }

let server: Awaited<ReturnType<typeof serve>>
let seen: { readonly request: IncomingMessage; readonly body: string }[] = []
let answer = { status: 200, body: '{}' }
beforeAll(async () => {
  server = await serve(async (request, response) => {
    seen.push({ request, body: await text(request) })
    response.writeHead(answer.status).end(answer.body)
  })
})
afterAll(() => server.close())
beforeEach(() => {
  seen = []
  answer = { status: 200, body: '{}' }
  vi.stubEnv('AWS_REGION', 'eu-west-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'someone')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  vi.stubEnv('AWS_SESSION_TOKEN', undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

test('calls one after the other share a connection', async () => {
  const call = openCall(service, `http://127.0.0.1:${server.port}/000000000000/raw`, { requestTimeout: 500 })
  for (let n = 0; n < 3; n++) await call('SendMessageBatch', {})
  expect(new Set(seen.map(({ request }) => request.socket.remotePort)).size).toBe(1)
})

describe.each([
  ['the HTTP of the SDK', (endpoint: string) => openCall(service, endpoint, { requestTimeout: 5_000 }), 'aborted'],
  ['fetch', (endpoint: string) => openFetchCall(service, endpoint), 'other side closed'],
])('by %s:', (_, openAt, brokenOff) => {
  const openOn = (port: number) => openAt(`http://127.0.0.1:${port}/000000000000/raw`)
  const open = () => openOn(server.port)

  test('an action goes out signed as AWS reads it, and its answer comes back', async () => {
    answer.body = '{"Successful":[{"Id":"0"}]}'
    const input = { QueueUrl: 'https://q', Entries: [{ Id: '0', MessageBody: 'größer' }] }
    expect(await open()('SendMessageBatch', input)).toEqual({ Successful: [{ Id: '0' }] })
    const [{ request, body }] = seen as [(typeof seen)[0]]
    expect(JSON.parse(body)).toEqual(input)
    expect(request.method).toBe('POST')
    expect(request.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.SendMessageBatch',
    })
    const [, signed = '', signature] =
      /SignedHeaders=([^,]+), Signature=(\w+)$/.exec(request.headers.authorization ?? '') ?? []
    expect(signed.split(';')).toEqual(expect.arrayContaining(['host', 'x-amz-date', 'x-amz-target']))
    expect(signature).toBe(signatureOf(request, body, place))
  })

  test('the token of a role is sent, and signed', async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', 'token')
    await open()('SendMessageBatch', {})
    const [{ request, body }] = seen as [(typeof seen)[0]]
    expect(request.headers['x-amz-security-token']).toBe('token')
    expect(request.headers.authorization).toMatch(/SignedHeaders=[^,]*x-amz-security-token/)
    expect(request.headers.authorization).toContain(signatureOf(request, body, place))
  })

  test('a process that lives for days signs with the day of each call', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 23, 23, 59, 59) })
    const call = open()
    await call('SendMessageBatch', {})
    vi.setSystemTime(Date.UTC(2026, 10, 24))
    await call('SendMessageBatch', {})
    const days = seen.map(({ request }) => /someone\/(\d{8})/.exec(request.headers.authorization ?? '')?.[1])
    expect(days).toEqual(['20261123', '20261124'])
    for (const { request, body } of seen)
      expect(request.headers.authorization).toContain(signatureOf(request, body, place))
  })

  test.each([
    [
      'the word of the service',
      400,
      '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"none"}',
      'QueueDoesNotExist',
    ],
    ['the status, where something else answers', 502, '<html>Bad Gateway</html>', 'HTTP 502'],
    ['the status, where nothing is said', 503, '', 'HTTP 503'],
    ['the status, where no answer can be read', 200, '<html>', 'HTTP 200'],
  ])('a refusal is an error with %s', async (_, status, body, name) => {
    answer = { status, body }
    await expect(open()('SendMessageBatch', {})).rejects.toMatchObject({ name })
  })

  test('an answer that breaks off is an error at once', async () => {
    const broken = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"Successful"', () => response.destroy())
    })
    await expect(openOn(broken.port)('SendMessageBatch', {})).rejects.toThrow(brokenOff)
    broken.close()
  })

  test('an answer that cannot be read is not repeated in the error', async () => {
    answer.body = '{"SecretString": hunter2'
    const error: Error = await open()('GetSecretValue', {}).then(String, (thrown) => thrown)
    expect(`${error.name} ${error.message}`).toBe('HTTP 200 no readable answer')
  })

  test('a service that cannot be reached is an error of the connection, and does not look like a fault of ours', async () => {
    const gone = await serve(() => undefined)
    gone.close()
    await expect(openOn(gone.port)('SendMessageBatch', {})).rejects.toMatchObject({
      name: 'Error',
      code: 'ECONNREFUSED',
    })
  })

  test('a caller that gives up gets an error, even in the middle of an answer', async () => {
    const slow = await serve((_, response) => void response.writeHead(200).write('{'))
    await expect(openOn(slow.port)('SendMessageBatch', {}, AbortSignal.timeout(100))).rejects.toThrow('aborted')
    slow.close()
  })

  test('without a region nothing is sent', async () => {
    vi.stubEnv('AWS_REGION', undefined)
    await expect(open()('SendMessageBatch', {})).rejects.toThrow('AWS_REGION must be set')
    expect(seen).toEqual([])
  })
})
