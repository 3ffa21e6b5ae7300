import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startHttpApi } from '../../../local/doors/http-api.ts'
import { startSecrets } from '../../../local/engines/secrets.ts'
import type { Invocation } from '../../../local/functions/function-process.ts'
import { freePort } from '../../../local/process/ports.ts'

interface Event {
  readonly [field: string]: unknown
}

const route = (key: string, functionArn: string) =>
  ({ key, functionArn, authorization: 'AWS_IAM', authorizerId: null }) as const
const closed = { authorization: 'CUSTOM', authorizerId: 'Token' } as const

const routes = [
  { ...route('POST /sigfox/uplink', 'callback'), ...closed },
  { ...route('POST /sigfox/batch', 'callback'), ...closed },
  route('GET /v1/{proxy+}', 'api'),
]
const token = {
  id: 'Token',
  functionArn: 'authorizer',
  identitySources: ['$request.header.Authorization', '$context.routeKey'],
  cacheSeconds: 300,
}

let calls: { functionArn: string; event: Event }[] = []
let answers: Record<string, Invocation>
let url: string
let api: { stop: () => Promise<void> }

beforeAll(async () => {
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  api = await startHttpApi(port, { routes, authorizers: [token] }, async (functionArn, event) => {
    calls.push({ functionArn, event: event as Event })
    return answers[functionArn] ?? { ok: true, payload: null }
  })
})
afterAll(() => api.stop())
beforeEach(() => {
  calls = []
  answers = {
    authorizer: { ok: true, payload: { isAuthorized: true, context: { which: 'next' } } },
    callback: { ok: true, payload: { statusCode: 204 } },
    api: { ok: true, payload: { statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{"a":1}' } },
  }
})

/** Every test uses a token of its own, so that it gets no cached answer. */
const post = (authorization: string | null, init: RequestInit = {}, path = '/sigfox/uplink') =>
  fetch(url + path, {
    method: 'POST',
    body: '{"device":"1A"}',
    ...init,
    headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}), ...init.headers },
  })
const called = () => calls.map(({ functionArn }) => functionArn)

test('a request without identity is refused without calling anything', async () => {
  const response = await post(null)
  expect([response.status, await response.json()]).toEqual([401, { message: 'Unauthorized' }])
  expect(called()).toEqual([])
})

test('a request that the authorizer refuses does not reach the function', async () => {
  answers.authorizer = { ok: true, payload: { isAuthorized: false } }
  expect((await post('refused')).status).toBe(403)
  expect(called()).toEqual(['authorizer'])
})

test.each([
  ['fails', { ok: false, error: { type: 'Error', message: '' } }],
  ['answers nonsense', { ok: true, payload: { isAuthorized: 'yes' } }],
] as const)('an authorizer that %s is answered 500', async (how, answer) => {
  answers.authorizer = answer
  expect((await post(how)).status).toBe(500)
  expect(called()).toEqual(['authorizer'])
})

test('the answer of the authorizer is kept by token and route', async () => {
  expect((await post('kept')).status).toBe(204)
  expect((await post('kept')).status).toBe(204)
  expect(called()).toEqual(['authorizer', 'callback', 'callback'])
  await post('kept', {}, '/sigfox/batch')
  expect(called().slice(3)).toEqual(['authorizer', 'callback'])
})

test('the authorizer sees the request but no body', async () => {
  await post('seen')
  expect(calls[0]?.event).toMatchObject({
    version: '2.0',
    type: 'REQUEST',
    routeKey: 'POST /sigfox/uplink',
    identitySource: ['seen', 'POST /sigfox/uplink'],
    headers: { authorization: 'seen' },
  })
  expect(calls[0]?.event).not.toHaveProperty('body')
})

test('the function gets payload format 2.0', async () => {
  await post('shape', {}, '/sigfox/uplink?a=1&a=2&b=x')
  expect(calls[1]?.event).toMatchObject({
    version: '2.0',
    routeKey: 'POST /sigfox/uplink',
    rawPath: '/sigfox/uplink',
    rawQueryString: 'a=1&a=2&b=x',
    queryStringParameters: { a: '1,2', b: 'x' },
    requestContext: { http: { method: 'POST', sourceIp: '127.0.0.1' }, authorizer: { lambda: { which: 'next' } } },
    body: '{"device":"1A"}',
    isBase64Encoded: false,
  })
})

test('forms and bytes arrive in base64, as from API Gateway', async () => {
  await post('form', { body: 'id=1A', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  expect(calls[1]?.event).toMatchObject({ body: Buffer.from('id=1A').toString('base64'), isBase64Encoded: true })
})

test('routes under IAM are open on this machine and get the rest of the path', async () => {
  const response = await fetch(`${url}/v1/devices/1A/readings`)
  expect([response.status, await response.json()]).toEqual([200, { a: 1 }])
  expect(calls[0]?.event).toMatchObject({ pathParameters: { proxy: 'devices/1A/readings' } })
})

test('an unknown route is answered 404', async () => {
  expect((await fetch(`${url}/other`)).status).toBe(404)
  expect((await fetch(`${url}/sigfox/uplink`)).status).toBe(404)
})

test('a body over 10 MB is refused, with or without a declared length', async () => {
  const large = new Uint8Array(10 * 2 ** 20 + 1)
  expect((await post('large', { body: large })).status).toBe(413)
  const stream = new Blob([large]).stream()
  const unannounced = await post('large', { body: stream, duplex: 'half' } as RequestInit)
  expect(unannounced.status).toBe(413)
  expect(called()).toEqual(['authorizer'])
})

test.each([
  ['Error', 500, 'Internal Server Error'],
  ['Sandbox.Timedout', 503, 'Service Unavailable'],
])('a function that fails with %s is answered %d', async (type, status, message) => {
  answers.api = { ok: false, error: { type, message: 'secret detail' } }
  const response = await fetch(`${url}/v1/flow`)
  expect([response.status, await response.json()]).toEqual([status, { message }])
})

test('an answer without a status is the body itself', async () => {
  answers.api = { ok: true, payload: { plain: true } }
  const response = await fetch(`${url}/v1/flow`)
  expect([response.status, await response.json()]).toEqual([200, { plain: true }])
})

test('the secrets server answers what the SDK asks for a known secret, and nothing else', async () => {
  const secrets = await startSecrets(new Map([['arn:token', '{"current":"local"}']]))
  const ask = async (SecretId: string, target = 'secretsmanager.GetSecretValue') => {
    const body = JSON.stringify({ SecretId })
    const response = await fetch(secrets.url, { method: 'POST', body, headers: { 'x-amz-target': target } })
    return [response.status, await response.json()]
  }
  expect(await ask('arn:token')).toEqual([200, expect.objectContaining({ SecretString: '{"current":"local"}' })])
  expect(await ask('arn:other')).toEqual([400, expect.objectContaining({ __type: 'ResourceNotFoundException' })])
  expect(await ask('arn:token', 'secretsmanager.PutSecretValue')).toEqual([400, expect.anything()])
  await secrets.stop()
})
