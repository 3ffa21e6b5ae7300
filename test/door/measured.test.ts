import { expect, test, vi } from 'vitest'
import { vital } from '../../contract/vitals.ts'
import { createPublisher, type RawTopic } from '../../door/publisher.ts'
import type { Datagram } from '../../udp-gateway/arrival.ts'
import { arrival } from '../udp-gateway/arrivals.ts'

test('a gateway measures the bytes that wait for the bus, and the 99th percentile of the wait since it was last asked', async () => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
  let confirm = () => {}
  const confirmed = new Promise<void>((resolve) => {
    confirm = resolve
  })
  const raw: RawTopic = {
    deliver: async (batch, settle) => {
      await confirmed
      for (const position of batch.keys()) settle(position)
    },
    packs: () => 0,
  }
  const { hold, measured } = createPublisher<Datagram>(raw, { lingerMs: 20, queueBytes: 1e6 })
  expect(measured()).toEqual({ [vital.queuedBytes]: 0 })

  const one = arrival(0)
  const receivedAtMs = Date.now()
  hold({ ...one, item: { ...one.item, receivedAtMs } as Datagram['item'] })
  await vi.advanceTimersByTimeAsync(1_500)
  expect(measured()).toEqual({ [vital.queuedBytes]: one.memoryBytes })

  confirm()
  await vi.advanceTimersByTimeAsync(0)
  const { [vital.queuedBytes]: queued, [vital.confirmSeconds]: seconds = 0 } = measured()
  expect(queued).toBe(0)
  expect(seconds).toBeGreaterThan(1.49)
  expect(seconds).toBeLessThan(1.51)
  expect(measured()).toEqual({ [vital.queuedBytes]: 0 })
  vi.useRealTimers()
})
