import { expect, test } from 'vitest'
import { done, type Outcome, reject, retry } from '../../core/message/outcome.ts'
import type { RawItem } from '../../core/message/uplink.ts'
import { createDelivery } from '../../door/delivery.ts'
import { arrival } from '../udp-gateway/arrivals.ts'

/** Delivers three datagrams to a bus that answers each call as told. */
const deliver = async (...answers: (() => Outcome[])[]) => {
  const calls: number[][] = []
  const settled: [number, string][] = []
  const attempts: [number, string | null][] = []
  const number = (item: RawItem) => (item.kind === 'reject' ? -1 : item.seqNumber)
  await createDelivery({
    accept: async (items) => {
      calls.push(items.map(number))
      return answers[calls.length - 1]?.() ?? items.map(() => done)
    },
    attempted: (attempt, failure) => attempts.push([attempt, failure]),
  })([0, 1, 2].map(arrival), ({ item }, { status }) => settled.push([number(item), status]))
  return { calls, settled, attempts }
}

test('only what the bus did not take is published again, and each item is settled once', async () => {
  const { calls, settled, attempts } = await deliver(
    () => [done, retry('throttled'), done],
    () => [retry('throttled')],
  )
  expect(calls).toEqual([[0, 1, 2], [1], [1]])
  expect(settled.map(([number]) => number)).toEqual([0, 2, 1])
  expect(attempts).toEqual([
    [1, 'throttled'],
    [2, 'throttled'],
    [3, null],
  ])
})

test('a bus that throws, or forgets an item, has not taken it', async () => {
  const { calls, settled } = await deliver(
    () => {
      throw new Error('socket hang up')
    },
    () => [done, done],
  )
  expect(calls).toEqual([[0, 1, 2], [0, 1, 2], [2]])
  expect(settled).toHaveLength(3)
})

test('a recorded reject is settled as a reject', async () => {
  const { settled } = await deliver(() => [done, reject('unknown_datagram'), done])
  expect(settled[1]).toEqual([1, 'reject'])
})
