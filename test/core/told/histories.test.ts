import { describe, expect, test } from 'vitest'
import { assembleHistories, type SentPart } from '../../../core/told/histories.ts'
import vectors from '../../vectors/adeunis.json' with { type: 'json' }
import { decoded } from '../devices/decoding.ts'

const openedMs = Date.UTC(2026, 2, 1)
const minute = 60_000

const part = (hex: string, atMs: number, messageId = `${atMs} ${hex}`): SentPart => {
  const { history } = decoded('adeunis-pulse@1', hex)
  if (!history) throw new Error(`${hex} is no part of a history`)
  return { ...history, messageId, atMs }
}

/** The thirteen frames of the vector, ten minutes apart as the duty cycle wants it. */
const day = (vectors.sequences[0]?.frames ?? []).map((hex, k) => part(hex, openedMs + k * 10 * minute))
/** 1,000 and 2,000, then 1 to 5 more on channel A, each half as much on B; the last frame holds one sample. */
const hourFrames = [
  '4800 00 000003e8 000007d0',
  '4800 01 0002 0001 0004 0002',
  '4800 02 0006 0003 0008 0004',
  '4800 03 000a 0005',
]
const hour = hourFrames.map((hex, k) => part(hex.replaceAll(' ', ''), openedMs + k * minute))

/** The same parts sent later, by other messages. */
const moved = (parts: readonly SentPart[], ms: number): SentPart[] =>
  parts.map((one) => ({ ...one, atMs: one.atMs + ms, messageId: `${one.messageId} +${ms}` }))

/** What a set of parts tells: `hours or minutes before the opening: index`, of channel A. */
const samplesOf = (parts: readonly SentPart[], stepMs = 60 * minute) => {
  const indexes = assembleHistories(parts)
  const byId = new Map(parts.map(({ messageId, atMs }) => [messageId, atMs]))
  return [...indexes].flatMap(([id, told]) =>
    told
      .filter(({ channel }) => channel === 'A')
      .map(({ index, ageSeconds }) => [((byId.get(id) ?? 0) - ageSeconds * 1000 - openedMs) / stepMs, index]),
  )
}

const wholeDay = Array.from({ length: 24 }, (_, k) => [k - 23, 100_000 + (k * (k + 1)) / 2])

describe('a history in parts', () => {
  test('thirteen frames are the indexes of a day, each hour until the first was sent', () => {
    expect(samplesOf(day)).toEqual(wholeDay)
  })

  test('four frames, the last with one sample, are the indexes of an hour, every ten minutes', () => {
    expect(samplesOf(hour, 10 * minute)).toEqual([1000, 1002, 1006, 1012, 1020, 1030].map((index, k) => [k - 5, index]))
  })

  test('the index of the first sample is measured, what adds up is derived, on both channels', () => {
    const told = [...assembleHistories(hour).values()].flat()
    expect(told.slice(0, 4).map(({ channel, index, quality }) => [channel, index, quality])).toEqual([
      ['A', 1000, 'measured'],
      ['B', 2000, 'measured'],
      ['A', 1002, 'derived'],
      ['B', 2001, 'derived'],
    ])
  })

  test('where a frame is missing, what is before it is known and what is behind it is not', () => {
    for (let missing = 1; missing < 13; missing++)
      expect(samplesOf(day.filter((_, k) => k !== missing))).toEqual(wholeDay.slice(0, 2 * missing - 1))
    expect(samplesOf(day.slice(1))).toEqual([])
  })

  test('as long as no frame tells which of the two histories it is, nothing is known', () => {
    expect(samplesOf(day.slice(0, 3))).toEqual([])
    expect(samplesOf(day.slice(0, 4))).toEqual(wholeDay.slice(0, 7))
  })

  test('the order in which frames come makes no difference', () => {
    expect(new Map(assembleHistories(day.toReversed()))).toEqual(new Map(assembleHistories(day)))
  })

  test('an index goes on with 0 behind 4294967295', () => {
    const [, ...others] = hour
    const first = part('480000ffffffff00000000', openedMs)
    expect(samplesOf([first, ...others], 10 * minute).map(([, index]) => index)).toEqual([4294967295, 1, 5, 11, 19, 29])
  })

  test('the frames of another day or hour are not taken for those of this one', () => {
    const withoutOpening = moved(day, 24 * 60 * minute).slice(1)
    expect(samplesOf([...day.slice(0, 1), ...withoutOpening])).toEqual([])
    const hours = [0, 1, 2].flatMap((n) => moved(hour, n * 60 * minute))
    expect(samplesOf(hours, 10 * minute)).toHaveLength(18)
  })
})

test('what some of the frames of one history tell, all of them tell', () => {
  const all = new Set(samplesOf(day).map(String))
  for (let set = 0; set < 1 << 13; set += 7) {
    const some = day.filter((_, k) => (set >> k) & 1)
    expect(samplesOf(some).every((sample) => all.has(String(sample)))).toBe(true)
  }
})
