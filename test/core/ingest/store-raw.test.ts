import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { sha256 } from '../../../adapters/process/ids.ts'
import type { MessageStore } from '../../../core/ingest/message-store.ts'
import { storeRaw } from '../../../core/ingest/store-raw.ts'
import { type MessageId, timeOfId, unclockedMs } from '../../../core/message/identity.ts'
import type { Message, Reject } from '../../../core/message/message.ts'
import { done, retry } from '../../../core/message/outcome.ts'
import type { RejectReason, RejectRecord } from '../../../core/message/rejects.ts'
import type { Stream } from '../../../core/message/stream.ts'
import type { RawItem, Uplink } from '../../../core/message/uplink.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { seeded, sigfoxUplink } from '../../support/traffic.ts'

/** The port's promise in a map: each message and each reject once, and what it `refuses` as a reject. */
const mapStore = (refuses: (message: Message) => RejectReason | null = () => null) => {
  const messages = new Map<string, Message>()
  const rejects = new Map<string, Reject>()
  const received: number[] = []
  const store: MessageStore['store'] = async (batch) => {
    received.push(batch.received)
    for (const row of batch.rejects) rejects.set(row.id, row)
    return batch.messages.map((message) => {
      const reason = refuses(message)
      const row = reason && batch.refusal(message, reason)
      if (row) rejects.set(row.id, row)
      else if (!messages.has(message.id)) messages.set(message.id, message)
      return reason
    })
  }
  return { store, messages, rejects, received }
}

const timeSeconds = 1_735_689_600
const uplink = (device: number, more: Partial<Uplink> = {}) => sigfoxUplink(device, timeSeconds, device, more)
const refused = (atMs: number): RejectRecord => ({
  kind: 'reject',
  lane: 'sigfox',
  step: 'door',
  reason: 'hex_invalid',
  bytes: Uint8Array.of(1),
  atMs,
  deviceId: null,
})

let kept = mapStore()
let topic = memoryStream<MessageId>()
const run = (batch: readonly RawItem[], store = kept, pulse: Stream<MessageId> = topic) =>
  storeRaw({ store, pulse, digest: sha256 }, 'sigfox')(batch)

beforeEach(() => {
  kept = mapStore()
  topic = memoryStream<MessageId>()
})

describe('every id is published, whether its message is new or not (P4, P5)', () => {
  test('a redelivery publishes again what the first delivery may not have published', async () => {
    const batch = [uplink(1), uplink(2)]
    expect(await run(batch)).toEqual([done, done])
    expect(await run(batch)).toEqual([done, done])
    expect(kept.messages.size).toBe(2)
    expect(topic.items).toEqual([...kept.messages.keys(), ...kept.messages.keys()])
  })

  test('nothing is published before the store has committed, or if it throws', async () => {
    const down = { ...kept, store: () => Promise.reject(new Error('database down')) }
    await expect(run([uplink(1)], down)).rejects.toThrow('database down')
    expect(topic.items).toEqual([])
  })

  test('an id that the bus refuses or does not mention is a retry for each of its inputs, and for no other', async () => {
    const batch = [uplink(1), uplink(2), uplink(2, { receivedAtMs: timeSeconds * 1000 }), uplink(3)]
    const [taken, refused] = [uplink(1).deviceId, uplink(2).deviceId]
    const idOf = (deviceId: string) => [...kept.messages.values()].find((one) => one.deviceId === deviceId)?.id ?? ''
    const publish: Stream<MessageId>['publish'] = async (_, settle) => [
      settle(idOf(taken), done),
      settle(idOf(refused), retry('throttled')),
    ]
    const outcomes = await run(batch, kept, { publish })
    expect(outcomes.map(({ status }) => status)).toEqual(['done', 'retry', 'retry', 'retry'])
  })
})

describe('copies in one batch are one message', () => {
  test('the earliest is kept in whatever order they come, and all are done', async () => {
    const copies = [3_000, 1_000, 2_000].map((ms) => uplink(1, { receivedAtMs: timeSeconds * 1000 + ms }))
    expect(await run(copies)).toEqual([done, done, done])
    expect(kept.received).toEqual([3])
    expect([...kept.messages.values()]).toMatchObject([{ receivedAtMs: timeSeconds * 1000 + 1_000 }])
    expect(topic.items).toHaveLength(1)
  })
})

describe('one that cannot be kept is a reject with its bytes, and its neighbours are stored (P6)', () => {
  const fields = (item: Uplink) =>
    JSON.stringify({ device: item.deviceId, time: item.timeSeconds, data: hex(item), seqNumber: item.seqNumber })
  const hex = (item: Uplink) => Buffer.from(item.payload).toString('hex')

  test.each([
    ['more than 5 minutes ahead', timeSeconds + 400],
    ['more than 400 days old', timeSeconds - 401 * 86_400],
  ])('a time %s', async (_what, claimed) => {
    const poison = uplink(2, { timeSeconds: claimed, receivedAtMs: timeSeconds * 1000 })
    const outcomes = await run([uplink(1), poison, uplink(3)])
    expect(outcomes).toEqual([done, { status: 'reject', reason: 'time_out_of_range' }, done])
    expect(kept.messages.size).toBe(2)
    const [row] = [...kept.rejects.values()]
    expect(row).toMatchObject({ step: 'raw', reason: 'time_out_of_range', deviceId: poison.deviceId })
    expect(new TextDecoder().decode(row?.bytes)).toBe(fields(poison))
  })

  test('a row that the store refuses is not published', async () => {
    const poison = uplink(2)
    const store = mapStore(({ deviceId }) => (deviceId === poison.deviceId ? 'row_refused' : null))
    const outcomes = await run([uplink(1), poison, uplink(3), poison], store)
    expect(outcomes.map(({ status }) => status)).toEqual(['done', 'reject', 'done', 'reject'])
    expect(topic.items).toEqual([...store.messages.keys()])
    expect(new TextDecoder().decode([...store.rejects.values()][0]?.bytes)).toBe(fields(poison))
  })
})

test('a message without a clock goes to the sentinel, under one id whenever it is received', async () => {
  for (const receivedAtMs of [timeSeconds * 1000, timeSeconds * 2000])
    await run([uplink(1, { timeSeconds: 0, receivedAtMs })])
  expect([...kept.messages.keys()].map(timeOfId)).toEqual([unclockedMs])
})

test('a reject of the door keeps its row at every redelivery; the same bytes at another instant are another', async () => {
  const outcome = { status: 'reject', reason: 'hex_invalid' }
  expect(await run([refused(5), refused(6)])).toEqual([outcome, outcome])
  expect(await run([refused(5)])).toEqual([outcome])
  expect([...kept.rejects.values()].map(({ atMs }) => atMs)).toEqual([5, 6])
  expect(topic.items).toEqual([])
})

test('what is kept depends on no batch size, order or repetition (P5, P9, P12)', async () => {
  const log: RawItem[] = [1, 2, 3, 4].flatMap((n) => [
    uplink(n),
    uplink(n, { timeSeconds: 0 }),
    uplink(n, { timeSeconds: timeSeconds * 2 }),
    refused(n),
  ])
  const all = mapStore()
  await run(log, all)
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 20 }), async (seed, batchSize) => {
      const cut = mapStore()
      const shuffled = seeded(seed).shuffled([...log, ...log])
      for (let at = 0; at < shuffled.length; at += batchSize) await run(shuffled.slice(at, at + batchSize), cut)
      expect([...cut.messages.keys()].sort()).toEqual([...all.messages.keys()].sort())
      expect([...cut.rejects.keys()].sort()).toEqual([...all.rejects.keys()].sort())
    }),
    { numRuns: 50 },
  )
})
