import { expect, test } from 'vitest'
import { createPackAges } from '../../local/bus/pack-ages.ts'

test('the age of the oldest pack grows until a function has handled it, and is remembered for a second', () => {
  let now = 10_000
  const ages = createPackAges(() => now)
  expect(ages.oldestMs()).toBe(0)
  const older = ages.hold(9_000)
  const younger = ages.hold(9_900)
  expect(ages.oldestMs()).toBe(1_000)
  now = 12_000
  expect(ages.oldestMs()).toBe(3_000)
  older()
  now = 12_500
  expect(ages.oldestMs()).toBe(3_000)
  now = 13_000
  expect(ages.oldestMs()).toBe(3_100)
  younger()
  now = 14_001
  expect(ages.oldestMs()).toBe(0)
})
