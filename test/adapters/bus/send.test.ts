import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { groupRecords, type Limits } from '../../../adapters/bus/publish.ts'
import { backoffMs } from '../../../adapters/process/backoff.ts'
import { done } from '../../../core/message/outcome.ts'
import { publish } from '../../support/memory-stream.ts'
import { seeded } from '../../support/traffic.ts'
import { callbackOf12Bytes } from '../pack/items.ts'
import { large, larges, mockedBuses } from './buses.ts'

const allDone = (count: number) => Array(count).fill(done)
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)
const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b)

describe.each(mockedBuses)('$name', ({ open, behaves, saysNothing, reset, mostRecords, mostBytes }) => {
  afterEach(reset)

  describe('after a partial failure only what failed is sent again (P8)', () => {
    test('with 30 % failing: each is taken once, and nothing that was taken is sent again', async () => {
      const random = seeded(7)
      const taken: number[] = []
      const calls = behaves((item) => {
        const ok = random.next() > 0.3
        if (ok) taken.push(item)
        return ok ? 'taken' : 'refused'
      })
      expect(await publish(open({ maxTries: 20 }), larges(200))).toEqual(allDone(200))
      expect(ascending(taken)).toEqual(numbers(200))
      expect(calls.length).toBeGreaterThan(Math.ceil(200 / mostRecords))
    })

    test('a record that the answer does not mention has failed', async () => {
      // Kinesis answers by place: of a shorter list only the end is missing
      const last = async () => {
        const calls = behaves(() => 'taken')
        await publish(open(), larges(3))
        return calls[0]?.at(-1)
      }
      const unspoken = await last()
      const calls = behaves((item, call) => (item === unspoken && call === 1 ? 'unmentioned' : 'taken'))
      expect(await publish(open(), larges(3))).toEqual(allDone(3))
      expect(calls.map(ascending)).toEqual([[0, 1, 2], [unspoken]])
    })

    test('an answer that mentions nothing confirms nothing', async () => {
      saysNothing()
      const [outcome] = await publish(open({ maxTries: 2 }), larges(1))
      expect(outcome).toMatchObject({ status: 'retry', reason: expect.stringContaining('not mentioned') })
    })

    test('a record said to be both taken and failed has failed', async () => {
      behaves(() => 'both')
      expect(await publish(open({ maxTries: 1 }), larges(1))).toMatchObject([{ status: 'retry' }])
    })
  })

  test.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'TimeoutError', 'ECONNRESET'])(
    'a call that ends with %s is sent whole again, though the bus may have taken it',
    async (name) => {
      const calls = behaves((_, call) => {
        if (call === 1) throw Object.assign(new Error('any'), { name })
        return 'taken'
      })
      expect(await publish(open(), larges(4))).toEqual(allDone(4))
      expect(calls.map(ascending)).toEqual([numbers(4), numbers(4)])
    },
  )

  describe('trying ends', () => {
    test('after the last try, with the reason', async () => {
      const calls = behaves((item) => (item === 2 ? 'refused' : 'taken'))
      const outcomes = await publish(open({ maxTries: 3 }), larges(4))
      expect(outcomes).toEqual([done, done, { status: 'retry', reason: expect.stringContaining('Refused') }, done])
      expect(calls.map(ascending)).toEqual([numbers(4), [2], [2]])
    })

    test('at the deadline, however many tries are left', async () => {
      const calls = behaves(() => 'refused')
      const startedAtMs = performance.now()
      const outcomes = await publish(open({ deadlineMs: 150, maxTries: 1_000_000 }), larges(1))
      expect(outcomes).toMatchObject([{ status: 'retry', reason: expect.stringContaining('Refused') }])
      expect(performance.now() - startedAtMs).toBeLessThan(1_000)
      expect(calls.length).toBeLessThan(1_000)
    })

    test('at once for an item that the bus cannot hold, and its neighbours are sent', async () => {
      const calls = behaves(() => 'taken')
      const oversize = { ...large(1), payload: Buffer.alloc(1_100_000) }
      const outcomes = await publish(open(), [large(0), oversize, large(2)])
      expect(outcomes).toEqual([done, { status: 'retry', reason: expect.stringContaining('larger') }, done])
      expect(calls.map(ascending)).toEqual([[0, 2]])
    })
  })

  describe('a delivery never ends before the bus has all of it', () => {
    test('only what failed is sent again, past all tries and the deadline, and each item is confirmed once', async () => {
      const calls = behaves((item, call) => (item === 1 && call < 6 ? 'refused' : 'taken'))
      const confirmed: number[] = []
      const failures: [string, number][] = []
      await open({ maxTries: 2, deadlineMs: 1 }).deliver(
        larges(3),
        (position) => confirmed.push(position),
        (reason, times) => failures.push([reason, times]),
      )
      expect(calls.map(ascending)).toEqual([[0, 1, 2], [1], [1], [1], [1], [1]])
      expect(ascending(confirmed)).toEqual([0, 1, 2])
      expect(confirmed.at(-1)).toBe(1)
      expect(failures).toEqual([1, 2].map((times) => [expect.stringContaining('Refused'), times]))
    })

    test('what the bus has is confirmed while the rest is still being tried', async () => {
      let isOpen = false
      behaves((item) => (item === 1 && !isOpen ? 'refused' : 'taken'))
      const confirmed: number[] = []
      const all = open({ maxTries: 1 }).deliver(
        larges(3),
        (position) => confirmed.push(position),
        () => {
          expect(ascending(confirmed)).toEqual([0, 2])
          isOpen = true
        },
      )
      await all
      expect(isOpen).toBe(true)
      expect(confirmed.at(-1)).toBe(1)
    })
  })

  test('a call is never larger than the bus allows', async () => {
    const calls = behaves(() => 'taken')
    await publish(open(), larges(600))
    expect(ascending(calls.flat())).toEqual(numbers(600))
    for (const call of calls) {
      expect(call.length).toBeLessThanOrEqual(mostRecords)
      expect(call.length * 30_000).toBeLessThanOrEqual(mostBytes)
    }
  })

  test('the items of a pack that was not taken are retries, each in its place, and no others', async () => {
    const items = Array.from({ length: 2_000 }, (_, n) => callbackOf12Bytes(n))
    let refused = -1
    behaves((item) => {
      if (refused < 0) refused = item
      return item === refused ? 'refused' : 'taken'
    })
    const stream = open({ maxTries: 1 })
    const outcomes = await publish(stream, items)
    expect(outcomes[refused]?.status).toBe('retry')
    const lost = outcomes.flatMap(({ status }, n) => (status === 'retry' ? [n] : []))
    // the same again without the rest: they were one pack
    behaves(() => 'taken')
    const alone = open()
    expect(
      await publish(
        alone,
        lost.flatMap((n) => items[n] ?? []),
      ),
    ).toEqual(allDone(lost.length))
    expect(alone.packs()).toBe(1)
    expect(lost.length).toBeGreaterThan(50)
    expect(lost.length).toBeLessThan(2_000)
  })

  test('an empty batch makes no call', async () => {
    const calls = behaves(() => 'taken')
    expect(await publish(open(), [])).toEqual([])
    expect(calls).toEqual([])
  })
})

test('the waits grow up to their cap, and are random', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), (attempt) => {
      const waits = Array.from({ length: 20 }, () => backoffMs(attempt, { baseMs: 50, capMs: 2_000 }))
      expect(Math.max(...waits)).toBeLessThanOrEqual(Math.min(2_000, 50 * 2 ** (attempt - 1)))
      expect(new Set(waits).size).toBeGreaterThan(1)
    }),
  )
})

test('groups are within all limits, in order, and as few as that allows', () => {
  const limits: Limits = { records: 10, bytes: 1_048_576, recordBytes: 1_048_576 }
  fc.assert(
    fc.property(fc.array(fc.nat(400_000), { maxLength: 40 }), (sizes) => {
      const groups = groupRecords(sizes, (size) => size, limits)
      expect(groups.flat()).toEqual(sizes)
      const bytes = (group: readonly number[]) => group.reduce((sum, size) => sum + size, 0)
      groups.forEach((group, i) => {
        expect(group.length).toBeGreaterThan(0)
        expect(group.length <= limits.records && bytes(group) <= limits.bytes).toBe(true)
        const [next] = groups[i + 1] ?? []
        if (next !== undefined)
          expect(group.length === limits.records || bytes([...group, next]) > limits.bytes).toBe(true)
      })
    }),
  )
})
