import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DecodedFrame } from '../../../core/profile.ts'
import { profiles } from '../../../core/profiles/index.ts'
import { type RejectReason, rejectReasons } from '../../../core/rejects.ts'
import adeunis from '../../vectors/adeunis.json' with { type: 'json' }
import dragino from '../../vectors/dragino.json' with { type: 'json' }
import { bytesOf } from './decoding.ts'

const all = [...profiles.values()]
const frames = [...adeunis.vectors, ...dragino.vectors].map(({ hex }) => bytesOf(hex))

const isIndex = (value: number) => Number.isInteger(value) && value >= 0 && value < 2 ** 32

/** Of any bytes a profile makes a listed reason, or a frame that leaves something behind, all of it in range. */
const expectSound = (outcome: DecodedFrame | RejectReason) => {
  if (typeof outcome === 'string') return expect(rejectReasons).toContain(outcome)
  expect(outcome.indexes.length + outcome.events.length).toBeGreaterThan(0)
  expect(outcome.indexes.filter(({ index, ageSeconds }) => !isIndex(index) || !(ageSeconds >= 0))).toEqual([])
  expect(outcome.events.filter(({ value }) => !isIndex(value))).toEqual([])
}

const decodeByAll = (bytes: Uint8Array) => {
  for (const profile of all) {
    for (const samplePeriodSeconds of [null, 3600]) expectSound(profile.decode(bytes, { samplePeriodSeconds }))
  }
}

describe('no bytes make a profile throw', () => {
  test('every vector cut at every length', () => {
    for (const frame of frames) for (let end = 0; end <= frame.length; end++) decodeByAll(frame.subarray(0, end))
  })

  test('every vector with bytes of it replaced', () => {
    const change = fc.tuple(fc.nat(80), fc.nat(255))
    fc.assert(
      fc.property(fc.constantFrom(...frames), fc.array(change, { minLength: 1, maxLength: 4 }), (frame, changes) => {
        const changed = frame.slice()
        for (const [at, byte] of changes) if (at < changed.length) changed[at] = byte
        decodeByAll(changed)
      }),
      { numRuns: 3000 },
    )
  })

  test('random bytes behind each frame code, in each envelope', () => {
    const codes = [0x10, 0x11, 0x12, 0x20, 0x30, 0x31, 0x33, 0x46, 0x47, 0x48, 0x5a, 0x5b]
    const code = fc.oneof(fc.constantFrom(...codes), fc.nat(255))
    const envelope = fc.constantFrom('', '11223344556677880300000026', 'f8684110567541380a64', 'f868411056754138')
    fc.assert(
      fc.property(envelope, code, fc.uint8Array({ maxLength: 90 }), (head, first, rest) => {
        decodeByAll(Uint8Array.of(...bytesOf(head), first, ...rest))
      }),
      { numRuns: 3000 },
    )
  })
})
