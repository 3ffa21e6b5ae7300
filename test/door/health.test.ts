import { describe, expect, test } from 'vitest'
import { type Ailment, judgeHealth } from '../../door/health.ts'

const idle = { bytes: 0, owedSinceMs: null, confirmedAtMs: null }
const limitBytes = 1000

/** Judges a story step by step; each step is a time in seconds and what differs from an idle gateway. */
const tell = (...steps: [number, Partial<{ [K in keyof typeof idle]: number | null }>][]) => {
  let ailment: Ailment = null
  return steps.map(([seconds, seen]) => {
    ailment = judgeHealth(ailment, { ...idle, ...seen, bytes: seen.bytes ?? 0 }, limitBytes, seconds * 1000)
    return ailment === null ? 'healthy' : 'ill'
  })
}

describe('health', () => {
  test('an idle gateway is healthy, even if it has never published', () => {
    expect(tell([0, {}], [3600, {}])).toEqual(['healthy', 'healthy'])
  })

  test('a bus that is silent for 5 s makes it unhealthy; a slow one does not', () => {
    expect(tell([4.9, { owedSinceMs: 0 }], [5, { owedSinceMs: 0 }])).toEqual(['healthy', 'ill'])
  })

  test('it recovers only after the bus has confirmed something since then', () => {
    const before = { confirmedAtMs: 4000 }
    const since = { confirmedAtMs: 20_000 }
    expect(tell([10, { owedSinceMs: 4000, ...before }], [15, before], [20, since])).toEqual(['ill', 'ill', 'healthy'])
  })

  test('a queue above the high mark makes it unhealthy until it is below the low mark and something was confirmed', () => {
    const busy = { owedSinceMs: 1000, confirmedAtMs: 1000 }
    const story = tell(
      [1, { ...busy, bytes: 800 }],
      [1, { ...busy, bytes: 801 }],
      [2, { owedSinceMs: 2000, confirmedAtMs: 2000, bytes: 501 }],
      [3, { owedSinceMs: 3000, confirmedAtMs: 3000, bytes: 500 }],
    )
    expect(story).toEqual(['healthy', 'ill', 'ill', 'healthy'])
  })

  test('between the marks it stays as it was', () => {
    expect(tell([0, { bytes: 700 }], [1, { bytes: 810 }], [2, { bytes: 700 }])).toEqual(['healthy', 'ill', 'ill'])
  })
})
