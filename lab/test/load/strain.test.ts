import { expect, test } from 'vitest'
import { machineTimes, watchStrain } from '../../load/sender/strain.ts'

test('the machine is busy unless it idles or waits for a disk, and guests count once', () => {
  const stat = 'cpu  100 5 40 800 30 2 3 20 60 0\ncpu0 50 2 20 400 15 1 1 10 30 0\n'
  expect(machineTimes(stat)).toEqual({ busy: 170, all: 1_000 })
  expect(machineTimes('intr 5')).toBeNull()
})

test('the CPU reported is that of the second in which the sender was furthest behind', () => {
  const strain = watchStrain()
  strain.late(40)
  for (const until = performance.now() + 80; performance.now() < until; );
  strain.endSecond()
  const busy = strain.worst()
  expect(busy.lagMs).toBe(40)
  expect(busy.ownCorePercent).toBeGreaterThan(20)
  strain.late(39)
  strain.endSecond()
  expect(strain.worst()).toEqual(busy)
})
