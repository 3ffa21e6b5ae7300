import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeTime } from '../../../core/message/identity.ts'

const receivedAtMs = Date.UTC(2025, 5, 1)
const dayMs = 86_400_000

test.each([
  ['the receive time itself', 0, 'used'],
  ['400 days before', -400 * dayMs, 'used'],
  ['a millisecond more than 400 days before', -400 * dayMs - 1, 'out_of_range'],
  ['5 minutes after', 300_000, 'used'],
  ['a millisecond more than 5 minutes after', 300_001, 'out_of_range'],
])('%s: %i ms from it, is %s', (_what, offsetMs, judgement) => {
  expect(judgeTime(receivedAtMs + offsetMs, receivedAtMs)).toBe(judgement)
})

test('no time, zero and any time before 2015 mean that the clock is not set', () => {
  for (const timeMs of [null, 0, -1, Date.UTC(2015, 0, 1) - 1]) expect(judgeTime(timeMs, receivedAtMs)).toBe('unset')
  expect(judgeTime(Date.UTC(2015, 0, 1), receivedAtMs)).toBe('out_of_range')
})

test('whether a clock is set never depends on the receive time, so the key does not either', () => {
  const anyMs = fc.integer({ min: 0, max: 2 ** 48 })
  fc.assert(
    fc.property(anyMs, anyMs, anyMs, (timeMs, early, late) => {
      const [a, b] = [judgeTime(timeMs, early), judgeTime(timeMs, late)]
      expect(a === 'unset').toBe(b === 'unset')
    }),
  )
})
