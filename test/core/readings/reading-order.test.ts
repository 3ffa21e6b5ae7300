import fc from 'fast-check'
import { expect, test } from 'vitest'
import { channels } from '../../../core/message/channel.ts'
import { byEventKey, eventKey, type MeterEvent } from '../../../core/readings/events.ts'
import { mergeAll } from '../../../core/readings/merge.ts'
import { type Reading, readingKey } from '../../../core/readings/reading.ts'

const device = fc.constantFrom('C0FFEE', 'C0FFE', '868411056750004', '868411056750005')
const time = fc.constantFrom(9_999, 10_000, 1_735_689_600_000)

const reading: fc.Arbitrary<Reading> = fc.record({
  deviceId: device,
  channel: fc.constantFrom(...channels),
  readAtMs: time,
  index: fc.nat(3),
  quality: fc.constant('measured' as const),
  receivedAtMs: fc.nat(),
  messageId: fc.uuid({ version: 8 }),
})

test('merged readings come in the order of their keys, each key once', () => {
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 40 }), (all) => {
      const keys = mergeAll(all).readings.map(readingKey)
      expect(keys).toEqual([...new Set(all.map(readingKey))].sort())
    }),
  )
})

const event: fc.Arbitrary<MeterEvent> = fc.record({
  deviceId: device,
  atMs: time,
  kind: fc.constantFrom('sample_period', 'index_conflict', 'leak'),
  channel: fc.constantFrom('', ...channels),
  value: fc.constantFrom(2, 9, 10, 100, 2 ** 40),
  messageId: fc.constant(null),
})

test('events are ordered as the tuple of their key is, the value as a number, and are equal only where it is', () => {
  const widthOfBiggest = 20
  const text = (e: MeterEvent) =>
    [
      e.deviceId,
      String(e.atMs).padStart(widthOfBiggest, '0'),
      e.kind,
      e.channel,
      String(e.value).padStart(widthOfBiggest, '0'),
    ].join('\0')
  fc.assert(
    fc.property(event, event, (a, b) => {
      const [first, second] = [text(a), text(b)]
      expect(Math.sign(byEventKey(a, b))).toBe(first < second ? -1 : first > second ? 1 : 0)
      expect(byEventKey(a, b) === 0).toBe(eventKey(a) === eventKey(b))
    }),
    { numRuns: 1_000 },
  )
})
