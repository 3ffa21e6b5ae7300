import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createBatcher } from '../../door/batcher.ts'
import type { Datagram } from '../../udp-gateway/arrival.ts'
import { arrival } from '../udp-gateway/arrivals.ts'

const itemBytes = arrival(0).memoryBytes

/** A batcher whose deliveries stay open until told. */
const stalled = ({ lingerMs = 20, queueBytes = 1e9 } = {}) => {
  const deliveries: { batch: readonly Datagram[]; confirm: () => void }[] = []
  let confirmedItems = 0
  const batcher = createBatcher({
    lingerMs,
    queueBytes,
    confirmed: () => confirmedItems++,
    deliver: (batch: readonly Datagram[], confirmed: (datagram: Datagram) => void) =>
      new Promise((resolve) => {
        const confirm = () => {
          for (const datagram of batch) confirmed(datagram)
          resolve()
        }
        deliveries.push({ batch, confirm })
      }),
  })
  return { batcher, deliveries, confirmed: () => confirmedItems }
}

const tick = () => vi.advanceTimersByTimeAsync(0)

describe('batcher', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  test('a datagram leaves after its linger, without waiting for another', async () => {
    const { batcher, deliveries } = stalled({ lingerMs: 20 })
    batcher.hold(arrival(1))
    await vi.advanceTimersByTimeAsync(19)
    expect(deliveries).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(deliveries.map(({ batch }) => batch.length)).toEqual([1])
  })

  test('the linger counts from the oldest datagram: a steady trickle does not delay it', async () => {
    const { batcher, deliveries } = stalled({ lingerMs: 20 })
    for (let i = 0; i < 10; i++) {
      batcher.hold(arrival(i))
      await vi.advanceTimersByTimeAsync(5)
    }
    expect(deliveries.map(({ batch }) => batch.length)).toEqual([4, 4])
  })

  test('a large batch leaves at once', () => {
    const { batcher, deliveries } = stalled()
    for (let i = 0; i < 10_000; i++) batcher.hold(arrival(i))
    expect(deliveries.length).toBeGreaterThanOrEqual(2)
  })

  test('P15: while the bus stalls memory stays within its limit, and what waits leaves once the bus confirms', async () => {
    const { batcher, deliveries, confirmed } = stalled({ queueBytes: 50_000 * itemBytes })
    const taken = Array.from({ length: 60_000 }, (_, i) => batcher.hold(arrival(i))).filter(Boolean).length
    expect(taken).toBe(50_000)
    expect(batcher.held).toMatchObject({ items: 50_000, bytes: 50_000 * itemBytes })
    await vi.advanceTimersByTimeAsync(1000)
    expect(deliveries).toHaveLength(8)

    for (let i = 0; i < deliveries.length; i++) {
      deliveries[i]?.confirm()
      await tick()
    }
    expect(confirmed()).toBe(50_000)
    expect(batcher.held).toMatchObject({ items: 0, bytes: 0, owedSinceMs: null })
    const numbers = deliveries.flatMap(({ batch }) => batch.map(({ item }) => 'seqNumber' in item && item.seqNumber))
    expect(new Set(numbers).size).toBe(50_000)
  })

  test('it knows since when the bus owes a confirmation', async () => {
    const { batcher, deliveries } = stalled({ lingerMs: 20 })
    const startMs = Date.now()
    batcher.hold(arrival(1))
    expect(batcher.held.owedSinceMs).toBeNull()
    await vi.advanceTimersByTimeAsync(5000)
    expect(batcher.held).toMatchObject({ owedSinceMs: startMs + 20, confirmedAtMs: null })
    deliveries[0]?.confirm()
    await tick()
    expect(batcher.held).toMatchObject({ owedSinceMs: null, confirmedAtMs: startMs + 5000 })
  })

  test('finish publishes at once and resolves when all is confirmed', async () => {
    const { batcher, deliveries } = stalled({ lingerMs: 60_000 })
    batcher.hold(arrival(1))
    const left = batcher.finish(10_000)
    deliveries[0]?.confirm()
    expect(await left).toBe(0)
  })

  test('finish gives up in time, and says how much is left', async () => {
    const { batcher } = stalled()
    for (let i = 0; i < 3; i++) batcher.hold(arrival(i))
    const left = batcher.finish(10_000)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await left).toBe(3)
  })

  test('finish resolves at once if nothing is held', async () => {
    expect(await stalled().batcher.finish(10_000)).toBe(0)
  })
})
