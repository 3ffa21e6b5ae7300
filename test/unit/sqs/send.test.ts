import { SendMessageBatchCommand, type SendMessageBatchCommandInput, SQSClient } from '@aws-sdk/client-sqs'
import { mockClient } from 'aws-sdk-client-mock'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { backoffMs } from '../../../adapters/backoff.ts'
import { rawItemCodec } from '../../../adapters/pack/raw-item.ts'
import { groupEntries, sendBodies } from '../../../adapters/sqs/send.ts'
import { sqsStream } from '../../../adapters/sqs/stream.ts'
import { seeded } from '../../support/traffic.ts'
import { callbackOf12Bytes } from '../pack/items.ts'

/** SQS as a function: which bodies of a call it takes; `null` for an entry that it does not speak of at all. */
type Takes = (body: string, call: number) => boolean | null
const sqs = mockClient(SQSClient)
const client = new SQSClient({ region: 'eu-west-1' })

/** Answers calls as SQS does, and keeps what each of them held. */
const sqsThat = (takes: Takes) => {
  const calls: string[][] = []
  sqs.on(SendMessageBatchCommand).callsFake(({ Entries = [] }: SendMessageBatchCommandInput) => {
    calls.push(Entries.map(({ MessageBody }) => MessageBody ?? ''))
    const answer = { Successful: [] as object[], Failed: [] as object[] }
    for (const { Id, MessageBody = '' } of Entries) {
      const taken = takes(MessageBody, calls.length)
      if (taken === true) answer.Successful.push({ Id, MessageId: 'any', MD5OfMessageBody: 'any' })
      if (taken === false) answer.Failed.push({ Id, Code: 'InternalError', SenderFault: false })
    }
    return answer
  })
  return calls
}
const bodies = (count: number) => Array.from({ length: count }, (_, n) => `pack ${n}`)
const send = (all: readonly string[], limits = { deadlineMs: 5_000, maxTries: 8 }) =>
  sendBodies(client, 'https://sqs/raw', all, limits)

afterEach(() => sqs.reset())

describe('of a partial failure only what failed is sent again (P8)', () => {
  test('with 30 % failing: each is taken once, and nothing that was taken is sent again', async () => {
    const random = seeded(7)
    const taken: string[] = []
    const calls = sqsThat((body) => {
      const ok = random.next() > 0.3
      if (ok) taken.push(body)
      return ok
    })
    expect(await send(bodies(200))).toEqual(Array(200).fill(null))
    expect(taken.sort()).toEqual(bodies(200).sort())
    expect(calls.length).toBeGreaterThan(20)
  })

  test('what the answer does not speak of has failed', async () => {
    const calls = sqsThat((body, call) => (body === 'pack 1' && call === 1 ? null : true))
    expect(await send(bodies(3))).toEqual([null, null, null])
    expect(calls).toEqual([bodies(3), ['pack 1']])
  })

  test('an answer that speaks of nothing confirms nothing', async () => {
    sqs.on(SendMessageBatchCommand).resolves({})
    const [failure] = await send(bodies(1), { deadlineMs: 5_000, maxTries: 2 })
    expect(failure).toContain('not mentioned')
  })

  test('an entry said to be both taken and failed has failed', async () => {
    const both = {
      Successful: [{ Id: '0', MessageId: 'a', MD5OfMessageBody: 'b' }],
      Failed: [{ Id: '0', SenderFault: true, Code: 'Odd' }],
    }
    sqs.on(SendMessageBatchCommand).resolves(both)
    expect(await send(bodies(1), { deadlineMs: 5_000, maxTries: 1 })).toEqual(['Odd'])
  })

  test.each(['ThrottlingException', 'TimeoutError', 'ECONNRESET'])(
    'a call that ends with %s is sent whole again, though the bus may have taken it',
    async (name) => {
      const calls: number[] = []
      sqs.on(SendMessageBatchCommand).callsFake(({ Entries = [] }: SendMessageBatchCommandInput) => {
        calls.push(Entries.length)
        if (calls.length === 1) throw Object.assign(new Error('any'), { name })
        return { Successful: Entries.map(({ Id }) => ({ Id })) }
      })
      expect(await send(bodies(4))).toEqual([null, null, null, null])
      expect(calls).toEqual([4, 4])
    },
  )
})

describe('trying ends', () => {
  test('after the most tries, with the reason', async () => {
    const calls = sqsThat((body) => body !== 'pack 2')
    const failures = await send(bodies(4), { deadlineMs: 5_000, maxTries: 3 })
    expect(failures).toEqual([null, null, 'InternalError', null])
    expect(calls).toEqual([bodies(4), ['pack 2'], ['pack 2']])
  })

  test('at the deadline, however many tries are left', async () => {
    const calls = sqsThat(() => false)
    const startedAtMs = performance.now()
    const failures = await send(bodies(1), { deadlineMs: 150, maxTries: 1_000_000 })
    expect(failures).toEqual(['InternalError'])
    expect(performance.now() - startedAtMs).toBeLessThan(1_000)
    expect(calls.length).toBeLessThan(1_000)
  })

  test('the waits grow, are never longer than their cap, and are not the same twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (attempt) => {
        const waits = Array.from({ length: 20 }, () => backoffMs(attempt, { baseMs: 50, capMs: 2_000 }))
        expect(Math.max(...waits)).toBeLessThanOrEqual(Math.min(2_000, 50 * 2 ** (attempt - 1)))
        expect(new Set(waits).size).toBeGreaterThan(1)
      }),
    )
  })
})

describe('a call is never larger than SQS allows', () => {
  test('at most 10 entries and 1 MiB, in order, and no more calls than that takes', () => {
    const anyBody = fc.nat(400_000).map((length) => ({ body: 'x'.repeat(length) }))
    fc.assert(
      fc.property(fc.array(anyBody, { maxLength: 40 }), (entries) => {
        const groups = groupEntries(entries)
        expect(groups.flat()).toEqual(entries)
        const size = (group: typeof entries) => group.reduce((sum, { body }) => sum + body.length, 0)
        groups.forEach((group, i) => {
          expect(group.length).toBeGreaterThan(0)
          expect(group.length <= 10 && size(group) <= 1_048_576).toBe(true)
          const next = groups[i + 1]?.[0]
          if (next) expect(group.length === 10 || size([...group, next]) > 1_048_576).toBe(true)
        })
      }),
      { numRuns: 50 },
    )
  })
})

test('of the items of a stream exactly those are a retry whose pack was not taken, each in its place', async () => {
  const items = Array.from({ length: 2_000 }, (_, n) => callbackOf12Bytes(n))
  let first = ''
  sqsThat((body) => {
    first ||= body
    return body !== first
  })
  const stream = sqsStream('https://sqs/raw', rawItemCodec, { client, maxTries: 1 })
  const statuses = (await stream.publish(items)).map(({ status }) => status)
  const lost = statuses.lastIndexOf('retry') + 1
  expect(statuses).toEqual([...Array(lost).fill('retry'), ...Array(2_000 - lost).fill('done')])
  expect(lost).toBeGreaterThan(1_000)
})
