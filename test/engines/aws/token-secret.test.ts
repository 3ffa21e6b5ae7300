import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult } from 'aws-lambda'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { tokenChecker } from '../../../adapters/aws/token-secret.ts'
import { setting } from '../../../contract/settings.ts'
import { startGateway } from '../../../http-gateway/gateway.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { serve, stubAws } from '../../support/sqs-queue.ts'

type Handler = (event: APIGatewayRequestAuthorizerEventV2) => Promise<APIGatewaySimpleAuthorizerResult>
/** Asks a door that was just started whether it lets this header in. Rejects where the door cannot say. */
type Authorize = (authorization?: string) => Promise<boolean>
const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:sigfox'

let secret = ''
let managerStatus = 200
let failing = 0
let fetches = 0
/** How many answers begin at once and end late. */
let stalling = 0
let logged = ''
let manager: Awaited<ReturnType<typeof serve>>
let authorize: Authorize
let close: () => unknown

beforeAll(async () => {
  // what GetSecretValue answers, as the SDK reads it
  manager = await serve((_request, response) => {
    fetches++
    if (stalling-- > 0) {
      response.writeHead(200).write('{"ARN')
      return void setTimeout(() => response.end(), 5_000).unref()
    }
    response.writeHead(failing-- > 0 ? 500 : managerStatus, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify({ ARN: arn, Name: 'sigfox', SecretString: secret }))
  })
})
afterAll(() => {
  vi.unstubAllEnvs()
  manager.close()
})

/** The Lambda function of the authorizer. */
const openLambda = async (): Promise<Authorize> => {
  vi.resetModules()
  const { handler }: { handler: Handler } = await import('../../../lambdas/sigfox-authorizer.ts')
  return async (authorization) => {
    const headers = authorization === undefined ? {} : { authorization }
    return (await handler({ headers } as APIGatewayRequestAuthorizerEventV2)).isAuthorized
  }
}

const openContainer = async (): Promise<Authorize> => {
  const names = { device: 'device', time: 'time', data: 'data', seqNumber: 'seqNumber' }
  const callback = { fieldNames: names, batchColumns: ['device'] }
  const settings = { httpPort: 0, healthPort: 0, lingerMs: 1, queueBytes: 2 ** 27, callback }
  const gateway = await startGateway(settings, memoryStream(), tokenChecker(arn))
  close = () => gateway.stop(1_000)
  return async (authorization) => {
    const headers = authorization === undefined ? {} : { authorization }
    const url = `http://127.0.0.1:${gateway.ports.httpPort}/sigfox/uplink`
    const { status } = await fetch(url, { method: 'POST', headers })
    if (status >= 500) throw new Error(`answered ${status}`)
    return status < 400
  }
}

/** A door as it starts, with a clock that stands still. */
const startWith = (open: () => Promise<Authorize>) => async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  stubAws(manager.port)
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${manager.port}`)
  vi.stubEnv(setting.sigfoxSecretArn, arn)
  close = () => undefined
  authorize = await open()
  secret = JSON.stringify({ current: 'now', next: 'soon' })
  managerStatus = 200
  failing = 0
  fetches = 0
  stalling = 0
  logged = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    logged += chunk
    return true
  })
}
afterEach(async () => {
  await close()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const passSeconds = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)
const basic = (token: string) => `Basic ${btoa(`sluice:${token}`)}`

describe.each([
  ['the function', openLambda],
  ['the container', openContainer],
])('before %s:', (_, open) => {
  beforeEach(startWith(open))

  describe('the door is closed by default (P20)', () => {
    test('and open to the current and the next token, as Bearer or as Basic, whatever the case of the scheme', async () => {
      for (const token of ['now', 'soon']) {
        for (const header of [`Bearer ${token}`, `BEARER ${token}`, `bearer  ${token}`, basic(token)]) {
          expect(await authorize(header)).toBe(true)
        }
      }
    })

    test.each([
      undefined,
      '',
      'now',
      'Bearer',
      'Bearer ',
      'Bearer no',
      'Bearer NOW',
      'Bearer now, Bearer now',
      'Digest now',
    ])('to the header %j', async (header) => {
      expect(await authorize(header)).toBe(false)
    })

    test.each([
      '{"current":"","next":""}',
      '{"current":null}',
      '{}',
      'null',
      '[]',
      '"text"',
      '{"current":0,"next":["now"]}',
      '',
    ])('to every token if the secret is %s', async (emptySecret) => {
      secret = emptySecret
      for (const token of ['', 'null', 'undefined', '0', 'now', 'text', ' ', 'object']) {
        expect(await authorize(`Bearer ${token}`)).toBe(false)
        expect(await authorize(basic(token))).toBe(false)
      }
    })

    test('to an empty token, even if one in the secret is empty', async () => {
      secret = '{"current":"","next":"soon"}'
      expect(await tokenChecker(arn)('')).toBe(false)
    })

    test('to every token if the secret is not JSON, and nothing of it is logged', async () => {
      secret = 'hunter2'
      expect(await authorize('Bearer hunter2')).toBe(false)
      expect(logged).toContain('secret_unreadable')
      expect(logged).not.toContain('hunter')
    })
  })

  test('while the secret cannot be fetched no new token opens it, and a known one does for an hour', async () => {
    managerStatus = 400
    await expect(authorize('Bearer now')).rejects.toThrow()
    managerStatus = 200
    expect(await authorize('Bearer now')).toBe(true)
    managerStatus = 400
    for (let minutes = 0; minutes < 60; minutes += 10) {
      passSeconds(590)
      expect(await authorize('Bearer now')).toBe(true)
      expect(await authorize('Bearer new')).toBe(false)
    }
    passSeconds(120)
    await expect(authorize('Bearer now')).rejects.toThrow()
    passSeconds(5)
    await expect(authorize('Bearer now')).rejects.toThrow()
  })

  test('one failure of Secrets Manager shuts out no token', async () => {
    failing = 1
    expect(await authorize('Bearer now')).toBe(true)
    expect(fetches).toBe(2)
  })

  test('an answer whose body does not come is given up within a second, and the second try opens', async () => {
    stalling = 1
    const startedAtMs = performance.now()
    expect(await authorize('Bearer now')).toBe(true)
    expect(performance.now() - startedAtMs).toBeLessThan(2_000)
    expect(fetches).toBe(2)
  })

  describe('a rotation loses no callback', () => {
    test('the new token opens as soon as it comes, the old one is shut out after 5 minutes', async () => {
      expect(await authorize('Bearer now')).toBe(true)
      secret = JSON.stringify({ current: 'soon', next: 'later' })
      passSeconds(16)
      expect(await authorize('Bearer soon')).toBe(true)
      expect(await authorize('Bearer later')).toBe(true)
      expect(await authorize('Bearer now')).toBe(false)
    })

    test('without any new token the old one is shut out after 5 minutes', async () => {
      expect(await authorize('Bearer now')).toBe(true)
      secret = JSON.stringify({ current: 'soon' })
      passSeconds(299)
      expect(await authorize('Bearer now')).toBe(true)
      passSeconds(2)
      expect(await authorize('Bearer now')).toBe(false)
    })
  })

  test('a flood of wrong tokens fetches the secret once in 15 seconds', async () => {
    for (let n = 0; n < 200; n++) expect(await authorize(`Bearer guess-${n}`)).toBe(false)
    expect(fetches).toBe(1)
    for (let second = 0; second < 60; second++) {
      passSeconds(1)
      for (let n = 0; n < 5; n++) await authorize(`Bearer guess-${second}-${n}`)
    }
    expect(fetches).toBeLessThanOrEqual(1 + 60 / 15)
  })

  test('callbacks that come at once fetch the secret once, and the token it brings opens', async () => {
    const askAll = (...tokens: string[]) => Promise.all(tokens.map((token) => authorize(`Bearer ${token}`)))
    expect(await askAll('now', 'now', 'soon', 'now')).toEqual([true, true, true, true])
    expect(fetches).toBe(1)
    secret = JSON.stringify({ current: 'soon', next: 'fresh' })
    passSeconds(301)
    expect(await askAll('soon', 'fresh', 'soon', 'fresh')).toEqual([true, true, true, true])
    expect(fetches).toBe(2)
  })

  test('a good token fetches the secret once in 5 minutes', async () => {
    for (let n = 0; n < 100; n++) await authorize('Bearer now')
    expect(fetches).toBe(1)
  })

  test('hashes of one length are compared in constant time, always with both tokens', async () => {
    const compare = vi.spyOn(crypto, 'timingSafeEqual')
    syncBuiltinESMExports()
    for (const token of ['now', 'soon', 'much-longer-than-any-of-the-secret']) {
      compare.mockClear()
      await authorize(`Bearer ${token}`)
      expect(compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength])).toEqual([
        [32, 32],
        [32, 32],
      ])
    }
    compare.mockRestore()
    syncBuiltinESMExports()
  })
})
