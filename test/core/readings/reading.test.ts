import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeAll, mergeReadings } from '../../../core/readings/merge.ts'
import { qualities, type Reading } from '../../../core/readings/reading.ts'

const [low, high] = ['01941f29-7c00-8000-8000-000000000001', '01941f29-7c00-8000-8000-000000000002']

/** Readings of one device, channel and instant: few values of each, so that ties are common. */
const rival: fc.Arbitrary<Reading> = fc.record({
  deviceId: fc.constant('C0FFEE'),
  channel: fc.constant('A' as const),
  readAtMs: fc.constant(1_735_689_600_000),
  index: fc.oneof(fc.nat(2), fc.nat(2 ** 32 - 1)),
  quality: fc.constantFrom(...qualities),
  receivedAtMs: fc.oneof(fc.nat(2), fc.maxSafeNat()),
  messageId: fc.oneof(fc.constantFrom(low, high), fc.uuid({ version: 8 })),
})

test('merging does not depend on the order of arrival, nor on who merges first, nor on repetition', () => {
  fc.assert(
    fc.property(rival, rival, rival, (a, b, c) => {
      expect(mergeReadings(a, b)).toEqual(mergeReadings(b, a))
      expect(mergeReadings(mergeReadings(a, b), c)).toEqual(mergeReadings(a, mergeReadings(b, c)))
      expect(mergeReadings(a, a)).toEqual(a)
      expect(mergeReadings(mergeReadings(a, b), b)).toEqual(mergeReadings(a, b))
    }),
    { numRuns: 2_000 },
  )
})

test('measured wins over derived, derived over a clock that is not set, whatever the index', () => {
  fc.assert(
    fc.property(rival, rival, (a, b) => {
      fc.pre(a.quality !== b.quality)
      const better = qualities.indexOf(a.quality) > qualities.indexOf(b.quality) ? a : b
      const { index, quality, messageId } = better
      expect(mergeReadings(a, b)).toMatchObject({ index, quality, messageId })
    }),
  )
})

test('at equal quality the higher index wins, and the receive time is the earliest of both', () => {
  fc.assert(
    fc.property(rival, rival, (a, b) => {
      const merged = mergeReadings(a, { ...b, quality: a.quality })
      expect(merged.index).toBe(Math.max(a.index, b.index))
      expect(merged.receivedAtMs).toBe(Math.min(a.receivedAtMs, b.receivedAtMs))
    }),
  )
})

test('of two messages that say the same the one with the smaller id is named', () => {
  fc.assert(
    fc.property(rival, (a) => {
      expect(mergeReadings({ ...a, messageId: high }, { ...a, messageId: low }).messageId).toBe(low)
    }),
  )
})

test('of all indexes told at one instant one is the reading, and each other one a conflict, never the reading itself', () => {
  fc.assert(
    fc.property(fc.array(rival, { minLength: 1, maxLength: 6 }), (rivals) => {
      const { readings, conflicts } = mergeAll(rivals)
      const [best] = readings
      expect(readings).toHaveLength(1)
      expect(best).toEqual(rivals.reduce(mergeReadings))
      const others = new Set(rivals.map(({ index }) => index).filter((index) => index !== best?.index))
      expect(conflicts.map(({ value }) => value).sort()).toEqual([...others].sort())
    }),
  )
})
