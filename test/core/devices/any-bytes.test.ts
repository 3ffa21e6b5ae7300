import { describe, expect, test } from 'vitest'
import { profiles } from '../../../core/devices/index.ts'
import type { DecodedFrame, Profile } from '../../../core/devices/profile.ts'
import { type RejectReason, rejectReasons } from '../../../core/message/rejects.ts'
import adeunis from '../../vectors/adeunis.json' with { type: 'json' }
import dragino from '../../vectors/dragino.json' with { type: 'json' }
import others from '../../vectors/others.json' with { type: 'json' }
import { bytesOf } from './decoding.ts'

const all = [...profiles.values()]
const frames = [...adeunis.vectors, ...dragino.vectors, ...others.vectors].map(({ hex = '' }) => bytesOf(hex))
const framesEach = 100_000
const longest = 90

const reasons = new Set<string>(rejectReasons)
const isIndex = (value: number) => Number.isInteger(value) && value >= 0 && value < 2 ** 32

/** Whether this is a listed reason, or a frame that leaves something, all in range, and whose fields can be made. */
const isSound = (outcome: DecodedFrame | RejectReason): boolean => {
  if (typeof outcome === 'string') return reasons.has(outcome)
  const { fields, indexes, events } = outcome
  fields()
  return (
    indexes.length + events.length > 0 &&
    indexes.every(({ index, ageSeconds }) => isIndex(index) && ageSeconds >= 0) &&
    events.every(({ value }) => isIndex(value))
  )
}

const unsoundOf = (profile: Profile, bytes: Uint8Array): string[] =>
  [null, 3600].flatMap((samplePeriodSeconds) => {
    const hex = () => `${profile.name} ${Buffer.from(bytes).toString('hex')}`
    try {
      return isSound(profile.decode(bytes, { samplePeriodSeconds })) ? [] : [hex()]
    } catch (error) {
      return [`${hex()}: ${error}`]
    }
  })

/** Mulberry32: the same numbers from the same seed, each at least 0 and below `limit`. */
const randomFrom = (seed: number) => {
  let state = seed
  return (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

/** One of `heads`, or only the beginning of it, with bytes of it replaced or random ones behind it. */
const frameFrom = (random: (limit: number) => number, heads: readonly Uint8Array[]): Uint8Array => {
  const head = heads[random(heads.length)] ?? new Uint8Array()
  const keep = random(2) === 0 ? head.length : random(head.length + 1)
  const frame = new Uint8Array(keep + (random(2) === 0 ? 0 : random(longest)))
  for (let at = keep; at < frame.length; at++) frame[at] = random(256)
  frame.set(head.subarray(0, keep))
  for (let changes = random(4); changes > 0 && frame.length > 0; changes--) frame[random(frame.length)] = random(256)
  return frame
}

describe('no bytes make a profile throw', () => {
  test.each(all)('$name: every vector cut at every length', (profile) => {
    const cuts = frames.flatMap((frame) => Array.from({ length: frame.length + 1 }, (_, end) => frame.subarray(0, end)))
    expect(cuts.flatMap((frame) => unsoundOf(profile, frame))).toEqual([])
  })

  test.each(all)(
    `$name: ${framesEach} random and truncated frames, of which some decode and some do not`,
    (profile) => {
      const random = randomFrom(2025)
      const decodes = (frame: Uint8Array) => typeof profile.decode(frame, { samplePeriodSeconds: null }) !== 'string'
      const heads = [new Uint8Array(), ...frames.filter(decodes)]
      let decodedFrames = 0
      for (let n = 0; n < framesEach; n++) {
        const frame = frameFrom(random, heads)
        const unsound = unsoundOf(profile, frame)
        if (unsound.length > 0) expect.fail(unsound[0])
        if (decodes(frame)) decodedFrames++
      }
      expect(decodedFrames).toBeGreaterThan(framesEach / 10)
      expect(decodedFrames).toBeLessThan(framesEach)
    },
  )
})
