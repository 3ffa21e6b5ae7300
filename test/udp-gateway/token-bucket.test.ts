import { expect, test } from 'vitest'
import { createTokenBucket } from '../../udp-gateway/token-bucket.ts'

const passing = (mayPass: (nowMs: number) => boolean, times: number[]) => times.filter(mayPass).length

test('of a flood, the rate of one second passes at once, then the rate each second', () => {
  const mayPass = createTokenBucket(10)
  expect(passing(mayPass, Array(1000).fill(0))).toBe(10)
  const twoSeconds = Array.from({ length: 2000 }, (_, i) => i)
  expect(passing(mayPass, twoSeconds)).toBe(19)
})

test('a long silence saves up no more than one second', () => {
  const mayPass = createTokenBucket(10)
  expect(passing(mayPass, Array(100).fill(3_600_000))).toBe(10)
})

test('a clock that is set back neither blocks it for long nor opens it', () => {
  const mayPass = createTokenBucket(10)
  expect(passing(mayPass, Array(100).fill(1_000_000))).toBe(10)
  expect(passing(mayPass, Array(100).fill(0))).toBe(0)
  expect(passing(mayPass, Array(100).fill(1000))).toBe(10)
})

test('a rate of 0 lets nothing pass', () => {
  expect(passing(createTokenBucket(0), [0, 1000, 2000])).toBe(0)
})
