import { afterEach, expect, test, vi } from 'vitest'
import { rawItemCodec } from '../../adapters/pack/items.ts'
import { unpackItems } from '../../adapters/pack/pack.ts'
import { openRawTopic } from '../../adapters/sqs/index.ts'
import type { RawItem, Uplink } from '../../core/message/uplink.ts'
import { createPublisher } from '../../door/publisher.ts'
import type { Datagram } from '../../udp-gateway/arrival.ts'
import { arrival } from '../udp-gateway/arrivals.ts'

type Fate = 'taken' | 'throttled' | 'forgotten'
type Answer = () => readonly Fate[]
type Entries = readonly { readonly Id: string; readonly MessageBody: string }[]

/** Fills a pack of its own, so that the bus judges each datagram alone. */
const large = Buffer.alloc(30_000)
const uplinkOf = (n: number): Datagram => {
  const datagram = arrival(n)
  return { ...datagram, item: { ...(datagram.item as Uplink), payload: large } }
}
const numberOf = (item: RawItem) => (item.kind === 'reject' ? -1 : item.seqNumber)

afterEach(() => void vi.restoreAllMocks())

/** Holds these datagrams for an SQS that answers each call as told and takes everything after that. */
const deliver = async (datagrams: readonly Datagram[], ...answers: Answer[]) => {
  const lines: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  const calls: number[][] = []
  const call = async (_action: string, input: object) => {
    const { Entries } = input as { Entries: Entries }
    const items = Entries.flatMap(({ MessageBody }) => unpackItems(rawItemCodec, Buffer.from(MessageBody, 'base64')))
    calls.push(items.map(numberOf))
    const fates = answers[calls.length - 1]?.()
    const among = (fate: Fate) => Entries.filter((_, i) => (fates ? fates[i] : 'taken') === fate)
    return {
      Successful: among('taken').map(({ Id }) => ({ Id })),
      Failed: among('throttled').map(({ Id }) => ({ Id, Code: 'Throttled' })),
    }
  }
  const confirmed: number[] = []
  // a single try stands for the eight after which a publish has failed
  const { hold, finish, tally } = createPublisher<Datagram>(openRawTopic('https://sqs/raw', { call, maxTries: 1 }), {
    lingerMs: 1,
    queueBytes: 1e9,
    confirmed: ({ item }) => confirmed.push(numberOf(item)),
  })
  for (const datagram of datagrams) hold(datagram)
  expect(await finish(10_000)).toBe(0)
  return { calls, confirmed, tally, lines }
}

test('only what the bus did not take is published again, each item is confirmed once, and each failure is counted', async () => {
  const { calls, confirmed, tally, lines } = await deliver(
    [0, 1, 2].map(uplinkOf),
    () => ['taken', 'throttled', 'taken'],
    () => ['throttled'],
  )
  expect(calls).toEqual([[0, 1, 2], [1], [1]])
  expect(confirmed).toEqual([0, 2, 1])
  expect(tally).toMatchObject({ accepted: 3, publishFailures: 2 })
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: 'publish failed, trying again', reason: 'sqs Throttled' },
  ])
})

test('a bus that throws, or forgets an item, has not taken it', async () => {
  const { calls, confirmed, tally } = await deliver(
    [0, 1, 2].map(uplinkOf),
    () => {
      throw new Error('socket hang up')
    },
    () => ['taken', 'taken', 'forgotten'],
  )
  expect(calls).toEqual([[0, 1, 2], [0, 1, 2], [2]])
  expect(confirmed).toEqual([0, 1, 2])
  expect(tally).toMatchObject({ accepted: 3, publishFailures: 2 })
})

test('a recorded reject is counted as a reject', async () => {
  const { item, ...refused } = arrival(1)
  const record = { kind: 'reject', lane: 'nbiot', step: 'door', reason: 'unknown_datagram', bytes: large } as const
  const { confirmed, tally } = await deliver([
    uplinkOf(0),
    { ...refused, item: { ...record, atMs: (item as Uplink).receivedAtMs, deviceId: null } },
    uplinkOf(2),
  ])
  expect(confirmed).toEqual([0, -1, 2])
  expect(tally.accepted).toBe(2)
  expect([...tally.recorded]).toEqual([['unknown_datagram', 1]])
})
