import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RawItem } from '../../../core/message/uplink.ts'
import { largestBodyBytes } from '../../../core/sigfox/callback.ts'
import { openQueue, serve, urlOf } from '../../support/sqs-queue.ts'
import sigfox from '../../vectors/sigfox_callbacks.json' with { type: 'json' }
import { type Door, doors } from '../doors/sigfox-doors.ts'

let queue: Awaited<ReturnType<typeof openQueue>>
beforeAll(async () => {
  queue = await openQueue()
})
beforeEach(() => queue.empty())
afterAll(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await queue.close()
})

const good = '{"device":"00c0ffee","time":1735689600,"data":"46","seqNumber":4095}'
const lines = ['C0FFEE;1735689600;46;1', 'C0FFEE;1735689600;4;2', 'C0FFEF;1735689600;46;3', 'x']
const reasons = (answer: APIGatewayProxyStructuredResultV2) => JSON.parse(answer.body ?? '{}')
const kinds = (items: readonly RawItem[]) => items.map((item) => (item.kind === 'reject' ? item.reason : item.deviceId))

describe.each(doors)('through %s:', (_, openDoor) => {
  let door: Door
  const post: Door['post'] = (...request) => door.post(...request)
  beforeAll(async () => {
    door = await openDoor(queue.port, queue.url)
  })
  afterAll(() => door.close())

  describe('what the bus has is answered 2xx', () => {
    test('204 for an uplink, written in any way', async () => {
      expect(await post(good)).toEqual({ statusCode: 204 })
      expect(await post(Buffer.from(good).toString('base64'), { isBase64Encoded: true })).toEqual({ statusCode: 204 })
      const form = 'device=C0FFEE&time=1735689600&data=46&seqNumber=4095'
      expect(await post(form, { contentType: 'application/x-www-form-urlencoded' })).toEqual({ statusCode: 204 })
      expect(kinds(queue.items())).toEqual(['C0FFEE', 'C0FFEE', 'C0FFEE'])
    })

    test('204 or 200 for every known callback, retries too, and each is in the queue', async () => {
      const singles = sigfox.vectors.filter(({ id }) => id !== 'c-text-batch')
      for (const { body, contentType } of singles) {
        expect([200, 204]).toContain((await post(body, { contentType })).statusCode)
      }
      expect(queue.items()).toHaveLength(singles.length)
    })

    test('200 with the reason for what cannot be used, and its bytes are in the queue', async () => {
      const body = '{"device":"C0FFEE","time":1735689600,"data":"468","seqNumber":2}'
      const answer = await post(body)
      expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } })
      expect(reasons(answer)).toEqual({ accepted: 0, rejected: [{ line: 1, reason: 'hex_odd_length' }] })
      expect(queue.items()).toMatchObject([{ kind: 'reject', deviceId: 'C0FFEE', bytes: Buffer.from(body) }])
    })

    test('200 with the reasons by line for a batch, and its good lines are taken', async () => {
      const answer = await post(lines.join('\r\n'), { route: 'batch', contentType: 'text/plain' })
      expect(answer.statusCode).toBe(200)
      expect(reasons(answer)).toEqual({
        accepted: 2,
        rejected: [
          { line: 2, reason: 'hex_odd_length' },
          { line: 4, reason: 'body_unreadable' },
        ],
      })
      expect(kinds(queue.items())).toEqual(['C0FFEE', 'hex_odd_length', 'C0FFEF', 'body_unreadable'])
      expect(queue.bodies()).toHaveLength(1)
    })

    test.each([undefined, '', ' \n'])('200 for a body of %j', async (body) => {
      for (const route of ['uplink', 'batch'] as const) {
        expect(reasons(await post(body, { route }))).toEqual({
          accepted: 0,
          rejected: [{ line: 1, reason: 'body_empty' }],
        })
      }
    })

    test('200 for 100,000 bad lines, with the first hundred reasons', async () => {
      const answer = await post('x\n'.repeat(100_000), { route: 'batch' })
      expect(answer.statusCode).toBe(200)
      expect(reasons(answer).rejected).toHaveLength(100)
      expect(queue.items()).toHaveLength(100_000)
    })
  })

  test('413 above 256 KB of bytes, encoded or not, and nothing is recorded', async () => {
    const largest = 'x'.repeat(largestBodyBytes)
    const base64 = Buffer.from(`${largest}x`).toString('base64')
    expect((await post(`${largest}x`)).statusCode).toBe(413)
    expect((await post('é'.repeat(largestBodyBytes / 2 + 1))).statusCode).toBe(413)
    expect((await post(base64, { isBase64Encoded: true })).statusCode).toBe(413)
    expect(queue.items()).toEqual([])
    expect((await post(largest)).statusCode).toBe(200)
    expect(queue.items()).toMatchObject([{ bytes: Buffer.from(largest) }])
  })

  test('503 in less than 8 s when the queue is missing, the bus refuses connections, or never answers (P3)', async () => {
    // the SDK goes to the host of the queue's URL, and says so each time it is not that of its environment
    vi.spyOn(console, 'warn').mockReturnValue()
    const silent = await serve(() => {})
    const gone = await serve(() => {})
    gone.close()
    const awayDoors = [
      await openDoor(queue.port, urlOf(queue.port, 'missing')),
      await openDoor(gone.port, urlOf(gone.port)),
      await openDoor(silent.port, urlOf(silent.port)),
    ]
    const startedAtMs = performance.now()
    const answers = await Promise.all(awayDoors.map((away) => away.post(lines.join('\n'), { route: 'batch' })))
    expect(performance.now() - startedAtMs).toBeLessThan(8_000)
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([503, 503, 503])
    expect(answers[0]?.body).toContain('send it again')
    await Promise.all(awayDoors.map(({ close }) => close()))
    silent.close()
  })
})
