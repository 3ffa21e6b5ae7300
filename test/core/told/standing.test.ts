import { expect, test } from 'vitest'
import type { Reading } from '../../../core/readings/reading.ts'
import { fold } from '../../../core/told/fold.ts'
import { standingOf } from '../../../core/told/standing.ts'
import { nothingTold, type ToldRow } from '../../../core/told/told.ts'

const atMs = Date.UTC(2026, 10, 3, 5)
const idOf = (hex: string) => `019${hex.repeat(5)}-0000-8000-8000-000000000000`
const told = (messageId: string, ...indexes: number[]): ToldRow => ({
  messageId,
  deviceId: 'C00001',
  receivedAtMs: atMs,
  told: {
    ...nothingTold,
    indexes: indexes.map((index) => ({
      channel: 'A',
      index,
      quality: 'measured',
      at: { base: 'clock', seconds: atMs / 1000 },
    })),
  },
})
const decided = (messageId: string, index: number): Reading => ({
  deviceId: 'C00001',
  messageId,
  channel: 'A',
  index,
  quality: 'measured',
  readAtMs: atMs,
  receivedAtMs: atMs,
})
const [mine, other] = [idOf('a'), idOf('b')]
const nothing = { open: [], late: [], decided: [], ofBefore: [], periods: [] }

test('what a late message does not tell any more is gone, also where another message tells that instant', () => {
  const kept = { ...nothing, decided: [decided(mine, 100)] }
  for (const rows of [
    { open: [told(other, 50)], late: [told(mine)] },
    { open: [], late: [told(mine), told(other, 50)] },
  ])
    expect(standingOf({ ...kept, ...rows })).toEqual({ readings: [decided(other, 50)], conflicts: [] })
  expect(fold({ ...kept, rows: [told(mine), told(other, 50)], areLate: true, parts: [] })).toMatchObject({
    before: [decided(mine, 100)],
    after: [decided(other, 50)],
    conflicts: [],
  })
})

test('what a late message tells still stays as it was decided, whoever is named there', () => {
  const earlier = { ...decided(mine, 100), receivedAtMs: atMs - 60_000 }
  const late = [told(mine, 100)]
  expect(standingOf({ ...nothing, decided: [earlier], late }).readings).toEqual([earlier])
  expect(fold({ ...nothing, rows: late, areLate: true, parts: [], decided: [earlier] })).toMatchObject({
    before: [],
    after: [],
    readings: -1,
  })
})
