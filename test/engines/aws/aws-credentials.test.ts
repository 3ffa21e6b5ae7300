import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { ownCredentials } from '../../../adapters/aws/credentials.ts'
import { serve } from '../../support/sqs-queue.ts'

/** The agent beside a container, and what it answers now. */
let agent: Awaited<ReturnType<typeof serve>>
let answer: unknown
let status = 200
let asked: (string | undefined)[] = []
beforeAll(async () => {
  agent = await serve((request, response) => {
    asked.push(request.url)
    response.writeHead(status).end(JSON.stringify(answer))
  })
})
afterAll(() => agent.close())
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', '/v2/credentials/of-the-task')
  asked = []
  status = 200
  gives('first', 6 * 60)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

const gives = (key: string, minutes: number) => {
  const Expiration = new Date(Date.now() + minutes * 60_000).toISOString()
  answer = { RoleArn: 'any', AccessKeyId: key, SecretAccessKey: `${key} secret`, Token: `${key} token`, Expiration }
}
const passMinutes = (minutes: number) => vi.setSystemTime(Date.now() + minutes * 60_000)
const open = () => {
  const own = ownCredentials(`http://127.0.0.1:${agent.port}`)
  return typeof own === 'function' ? own : async () => own
}

test('those of the environment are used, even in a task, and the agent is not asked', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  expect(await open()()).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret' })
  vi.stubEnv('AWS_SESSION_TOKEN', 'token')
  expect(await open()()).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' })
  expect(asked).toEqual([])
})

test('many callers ask the agent once for those of a task', async () => {
  const credentials = open()
  const all = await Promise.all([credentials(), credentials(), credentials()])
  const first = { accessKeyId: 'first', secretAccessKey: 'first secret', sessionToken: 'first token' }
  expect(all).toMatchObject([first, first, first])
  expect(asked).toEqual(['/v2/credentials/of-the-task'])
})

test('those of a task are renewed shortly before they expire', async () => {
  const credentials = open()
  await credentials()
  gives('second', 12 * 60)
  passMinutes(5 * 60 + 54)
  expect(await credentials()).toMatchObject({ accessKeyId: 'first' })
  passMinutes(2)
  expect(await credentials()).toMatchObject({ accessKeyId: 'second' })
  expect(asked).toHaveLength(2)
})

test('an agent that fails does no harm while the credentials last, and is asked again', async () => {
  const credentials = open()
  await credentials()
  status = 500
  passMinutes(5 * 60 + 57)
  expect(await credentials()).toMatchObject({ accessKeyId: 'first' })
  passMinutes(4)
  await expect(credentials()).rejects.toMatchObject({ name: 'NoCredentials' })
  status = 200
  gives('second', 6 * 60)
  expect(await credentials()).toMatchObject({ accessKeyId: 'second' })
})

test.each([
  ['an empty object', {}],
  ['no time of expiry', { AccessKeyId: 'a', SecretAccessKey: 'b', Token: 'c' }],
  ['no secret', { AccessKeyId: 'a', Token: 'c', Expiration: '2030-01-01T00:00:00Z' }],
])('%s from the agent is no credentials', async (_, given) => {
  answer = given
  await expect(open()()).rejects.toMatchObject({ name: 'NoCredentials' })
})

test('without any the error says what to set', async () => {
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', undefined)
  await expect(open()()).rejects.toThrow('set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
})
