import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../../adapters/process/ids.ts'
import { readDatagram } from '../../../core/devices/datagram.ts'
import { messageId, timedId, timeOfId, unclockedMs } from '../../../core/message/identity.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import adeunis from '../../vectors/adeunis.json' with { type: 'json' }
import dragino from '../../vectors/dragino.json' with { type: 'json' }
import { anyTold, bytesOf, receivedAtMs, type Told, uplinkOf, writings } from '../sigfox/callbacks.ts'

const idOf = (item: RawItem): string => {
  if (item.kind === 'reject') throw new Error(`rejected: ${item.reason}`)
  return messageId(sha256, item, item.timeSeconds === null ? unclockedMs : item.timeSeconds * 1000)
}
const idOfTold = (told: Told) => idOf(uplinkOf(told))

describe('a Sigfox message has one id', () => {
  test('however the callback or its retry is written, by DATA and by DATA ADVANCED', () => {
    fc.assert(
      fc.property(anyTold, (told) => {
        for (const write of Object.values(writings)) expect(idOf(write(told))).toBe(idOfTold(told))
      }),
    )
  })

  test('with its device in lower case, with leading zeros, its time in milliseconds or with a fraction of zeros', () => {
    const variants = fc.record({
      device: fc.constantFrom(
        (id: string) => id.padStart(8, '0'),
        (id: string) => id.toLowerCase(),
      ),
      time: fc.constantFrom(
        (s: string) => s,
        (s: string) => `${s}000`,
        (s: string) => `${s}999`,
        (s: string) => `${s}.0`,
      ),
      seqNumber: fc.constantFrom(
        (n: string) => n,
        (n: string) => `${n}.0`,
        (n: string) => ` ${n} `,
      ),
      write: fc.constantFrom(...Object.keys(writings).filter((name) => name !== 'JSON with native types')),
    })
    fc.assert(
      fc.property(anyTold, variants, (told, as) => {
        const { device, time, seqNumber } = told
        const written = { ...told, device: as.device(device), time: as.time(time), seqNumber: as.seqNumber(seqNumber) }
        expect(idOf((writings[as.write] as (told: Told) => RawItem)(written))).toBe(idOfTold(told))
      }),
    )
  })

  test('whatever radio metadata a callback adds, and whenever it is received', () => {
    const extra = fc.dictionary(fc.constantFrom('rssi', 'snr', 'station', 'lat'), fc.constantFrom('null', '-123.5', ''))
    fc.assert(
      fc.property(anyTold, extra, fc.maxSafeNat(), (told, more, atMs) => {
        const item = (writings['JSON with texts'] as (told: Told) => RawItem)({ ...told, extra: more })
        expect(idOf({ ...item, receivedAtMs: atMs } as RawItem)).toBe(idOfTold(told))
      }),
    )
  })
})

describe('two Sigfox messages never have the same id', () => {
  test('when device, seqNumber or time differ', () => {
    const key = ({ device, seqNumber, time }: Told) => `${device}|${seqNumber}|${time}`
    // few values each, so that most pairs share two of the three
    const near = fc.record({
      device: fc.constantFrom('1', '11', '111', 'C0FFEE', 'C0FFEF'),
      seqNumber: fc.constantFrom('0', '1', '11', '4095'),
      time: fc.constantFrom('1735689600', '1735689601', '1735689611'),
      data: fc.constant('46'),
    })
    fc.assert(
      fc.property(fc.oneof(near, anyTold), fc.oneof(near, anyTold), (a, b) => {
        expect(idOfTold(a) === idOfTold(b)).toBe(key(a) === key(b))
      }),
      { numRuns: 1_000 },
    )
  })

  test('over the wrap from 4095 to 0 and on: 10,000 messages, 10,000 ids', () => {
    const ids = Array.from({ length: 10_000 }, (_, n) =>
      idOfTold({ device: 'C0FFEE', time: `${1_735_689_600 + 617 * n}`, data: '46', seqNumber: `${(4000 + n) % 4096}` }),
    )
    expect(new Set(ids).size).toBe(10_000)
  })

  test('after re-flashing, when the counter begins at 0 again', () => {
    const before = { device: 'C0FFEE', time: '1735689600', data: '46', seqNumber: '0' }
    expect(idOfTold({ ...before, time: '1735689700' })).not.toBe(idOfTold(before))
  })

  test('when one of them has no seqNumber', () => {
    const told = { device: 'C0FFEE', time: '1735689600', data: '46', seqNumber: '0' }
    const ids = [uplinkOf(told), uplinkOf({ ...told, seqNumber: '-1' })].map(idOf)
    expect(new Set(ids).size).toBe(2)
  })
})

describe('an NB-IoT datagram', () => {
  const hexOf = (id: string) => [...adeunis.vectors, ...dragino.vectors].find((v) => v.id === id)?.hex ?? ''
  const datagram = Buffer.from(hexOf('nbiot-0x5a-ts'), 'hex')
  const readAt = (bytes: Uint8Array, atMs = receivedAtMs) => idOf(readDatagram(bytes, atMs))

  test('has one id, whenever it is received and however strong its signal was', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.maxSafeNat(), (quality, atMs) => {
        const copy = Uint8Array.from(datagram)
        copy[8] = quality
        expect(readAt(copy, atMs)).toBe(readAt(datagram))
      }),
    )
  })

  test('has another id when any other byte differs', () => {
    const others = [...datagram.keys()].filter((at) => at !== 8)
    const ids = others.map((at) => {
      const copy = Uint8Array.from(datagram)
      copy[at] = (copy[at] as number) ^ 1
      return readAt(copy)
    })
    expect(new Set([readAt(datagram), ...ids]).size).toBe(datagram.length)
  })

  test('of Dragino has another id for each byte that differs', () => {
    const record = Buffer.from('f868411050000000f4602401020304050a640cf11d0100000001c20000000567748580', 'hex')
    const ids = [...record.keys()].map((at) => {
      const copy = Uint8Array.from(record)
      copy[at] = (copy[at] as number) ^ 1
      return messageId(
        sha256,
        { ...uplinkOf({ device: '1', time: '1', data: '', seqNumber: '0' }), kind: 'dragino-nb', payload: copy },
        unclockedMs,
      )
    })
    expect(new Set(ids).size).toBe(record.length)
  })
})

describe('timedId', () => {
  const anyTimeMs = fc.integer({ min: 0, max: 2 ** 48 - 1 })

  test('is a UUID of version 8 and variant 10 (RFC 9562), and timeOfId reads its time', () => {
    fc.assert(
      fc.property(anyTimeMs, fc.string(), (timeMs, input) => {
        const id = timedId(timeMs, sha256(input))
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        expect(timeOfId(id)).toBe(timeMs)
      }),
    )
  })

  test('sorts by its time', () => {
    fc.assert(
      fc.property(anyTimeMs, anyTimeMs, (a, b) => {
        fc.pre(a < b)
        expect(timedId(a, sha256('a')) < timedId(b, sha256('b'))).toBe(true)
      }),
    )
  })

  test('keeps 74 bits of the hash: each of the first 18 digits and two bits of the fourth one matter', () => {
    const hash = sha256(bytesOf('any'))
    const idWith = (at: number, digit: string) => timedId(0, hash.slice(0, at) + digit + hash.slice(at + 1))
    for (let at = 0; at < 19; at++) {
      const ids = [...'0123456789abcdef'].map((digit) => idWith(at, digit))
      expect(new Set(ids).size).toBe(at === 3 ? 4 : 16)
    }
  })
})
