import { describe, expect, test } from 'vitest'
import vectors from '../../../vectors/adeunis.json' with { type: 'json' }
import { decode, decoded } from '../decoding.ts'
import { inOurTerms, profilesOf, reasonOf } from './terms.ts'

/** Downlinks, and the older device with a test of its own. */
const others = ['downlink', 'ARF8048PA v1.5 Sigfox']

const cases = vectors.vectors.flatMap(({ id, variant, hex, decoded: stated }) =>
  (profilesOf[variant] ?? []).map((profile) => ({ id, profile, hex, stated: stated as Record<string, unknown> })),
)

describe('every vector decodes to what it states', () => {
  test.each(cases)('$id by $profile', ({ profile, hex, stated }) => {
    const frame = decode(profile, hex)
    if (typeof stated.error === 'string') expect(frame).toBe(reasonOf[stated.error])
    else expect(frame).toMatchObject({ fields: inOurTerms(stated) })
  })

  test('and none is left out', () => {
    expect(vectors.vectors.filter(({ variant }) => !(variant in profilesOf) && !others.includes(variant))).toEqual([])
  })
})

test('the thirteen frames of a day of history decode to its index and its deltas in order', () => {
  const { frames, decoded: day } = vectors.sequences[0] ?? { frames: [], decoded: null }
  const fields = frames.map((hex) => decoded('adeunis-pulse@1', hex).fields)
  expect(fields.map((f) => f.frameIndex)).toEqual(frames.map((_, k) => k))
  expect(fields.flatMap((f) => f.deltasA)).toEqual(day?.deltasA)
  expect(fields.map((f) => f.baseTime)).toEqual(day?.baseTimes)
  expect(fields[0]?.indexA).toBe(day?.indexA)
})

test('a frame of the older ARF8048PA, little-endian and in tenths of a litre, is not taken for a PULSE frame', () => {
  const legacy = vectors.vectors.find(({ variant }) => variant === 'ARF8048PA v1.5 Sigfox')
  expect(decode('adeunis-pulse@1', legacy?.hex ?? '')).toBe('unknown_frame')
})
