import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maxDatagramBytes, readDatagram } from '../../../core/devices/datagram.ts'
import { rejectReasons } from '../../../core/message/rejects.ts'
import adeunis from '../../vectors/adeunis.json' with { type: 'json' }
import dragino from '../../vectors/dragino.json' with { type: 'json' }
import others from '../../vectors/others.json' with { type: 'json' }
import { bytesOf } from './decoding.ts'

const receivedAtMs = Date.UTC(2025, 0, 1)
const read = (hex: string) => readDatagram(bytesOf(hex), receivedAtMs)
const vector = (id: string) => [...adeunis.vectors, ...dragino.vectors].find((v) => v.id === id)?.hex ?? ''
const adeunisHead = '3522334455667788' + '0300000026'

const uplink = (kind: string, deviceId: string, timeSeconds: number | null, hex: string) => ({
  kind,
  deviceId,
  seqNumber: -1,
  timeSeconds,
  receivedAtMs,
  payload: bytesOf(hex),
})
const refusal = (reason: string, deviceId: string | null, hex: string) => ({
  kind: 'reject',
  lane: 'nbiot',
  step: 'door',
  reason,
  bytes: bytesOf(hex),
  atMs: receivedAtMs,
  deviceId,
})

describe('an Adeunis datagram', () => {
  test('is an uplink with the time of the device and the whole datagram', () => {
    const hex = vector('nbiot-0x5a-ts')
    expect(read(hex)).toEqual(uplink('adeunis-nbiot', '1122334455667788', 1703791337, hex))
  })

  test('has no time where its status does not say so, or where there is no room for it', () => {
    for (const frame of ['', '46', '46000000009f0000000214aba3e9', '46040000009f00000002', '5a0400000127']) {
      expect(read(adeunisHead + frame)).toMatchObject({ kind: 'adeunis-nbiot', timeSeconds: null })
    }
  })

  test('has no time in a frame that never carries one, or that is not known', () => {
    expect(read(`${adeunisHead}10040100021b070822003c0001000200030004000500060203020301`)).toMatchObject({
      timeSeconds: null,
    })
    expect(read(`${adeunisHead}770414aba3e914aba3e9`)).toMatchObject({ timeSeconds: null })
  })

  test('keeps the zeros at the head of its IMEI', () => {
    expect(read('0086841100567541' + '030000002646000000009f00000002')).toMatchObject({ deviceId: '0086841100567541' })
  })

  test('may have an IMEI that begins as CoAP does, as long as nothing reads CoAP', () => {
    expect(read('4915111111111111' + '030000002646000000009f00000002')).toMatchObject({ kind: 'adeunis-nbiot' })
  })

  test('cut in its envelope is refused under its id', () => {
    expect(read('1122334455667788030000')).toEqual(
      refusal('truncated_datagram', '1122334455667788', '1122334455667788030000'),
    )
  })
})

describe('a Dragino datagram', () => {
  test('is an uplink with the time of its main record, with and without an IMSI', () => {
    for (const id of ['c-sw3l-imsi', 'c-variant-ambiguity']) {
      expect(read(vector(id))).toEqual(uplink('dragino-nb', '868411056754138', 1735693200, vector(id)))
    }
  })

  test('of a device whose clock is not set keeps the time 0', () => {
    expect(read(vector('c-time-zero'))).toMatchObject({ kind: 'dragino-nb', timeSeconds: 0 })
  })

  test('of every known model has the time of its main record', () => {
    for (const id of ['c-cpn01-u24wrap', 'c-cpl03-imsi']) {
      expect(read(vector(id))).toEqual(uplink('dragino-nb', '868411056754138', 1735689600, vector(id)))
    }
    const threeCounters = 'f86841105675413801640e04191c0000640000c800012c67748580'
    expect(read(threeCounters)).toMatchObject({ timeSeconds: 1735689600 })
  })

  test('of a model whose layout is not known is an uplink without a time', () => {
    const id = 'nlms01-header-and-history'
    expect(read(vector(id))).toEqual(uplink('dragino-nb', '868411056754138', null, vector(id)))
  })

  test('cut in its header or in its main record is refused under its id', () => {
    const cpl03 = 'f86841105675413801640e04191c0000640000c800012c677485'
    for (const hex of [vector('c-trunc-header'), vector('c-time-zero').slice(0, -2), cpl03]) {
      expect(read(hex)).toEqual(refusal('truncated_datagram', '868411056754138', hex))
    }
    expect(read('f868')).toEqual(refusal('truncated_datagram', null, 'f868'))
  })

  test('without decimal digits in its IMEI is unknown', () => {
    const hex = vector('c-time-zero').replace('f868', 'f86c')
    expect(read(hex)).toEqual(refusal('unknown_datagram', null, hex))
  })
})

describe('an ELKO datagram', () => {
  const elko = others.vectors.find((v) => v.id === 'c-elko-notification')?.hex ?? ''

  test('is an uplink without a time, although its digits in ASCII are valid BCD', () => {
    expect(read(elko)).toEqual(uplink('elko-nb', '868411056754138', null, elko))
  })

  test('of an unknown type or function is an uplink too', () => {
    expect(read(`${elko.slice(0, 30)}010a01`)).toMatchObject({ kind: 'elko-nb', deviceId: '868411056754138' })
  })

  test('cut before its type is refused, under its id where that is whole, and never taken for Adeunis', () => {
    expect(read(elko.slice(0, 30))).toEqual(refusal('truncated_datagram', '868411056754138', elko.slice(0, 30)))
    for (const bytes of [8, 13, 14]) {
      expect(read(elko.slice(0, 2 * bytes))).toEqual(refusal('truncated_datagram', null, elko.slice(0, 2 * bytes)))
    }
  })

  test('has fifteen ASCII digits: with fewer it is an Adeunis datagram whose IMEI begins alike', () => {
    const adeunis = '3522334455667788' + '0300000026' + '46000000009f00000002'
    expect(read(adeunis)).toMatchObject({ kind: 'adeunis-nbiot' })
    expect(read(adeunis.replace('3522334455667788', '3532333435363738'))).toMatchObject({ kind: 'adeunis-nbiot' })
  })
})

describe('any other datagram', () => {
  test('is refused as unknown', () => {
    for (const hex of ['', '00', '11223344556677', 'd83dd28441a0', '112233445566778a0300000026460000', '8000']) {
      expect(read(hex)).toEqual(refusal('unknown_datagram', null, hex))
    }
  })

  test('is refused when it is too large, and only its head is kept', () => {
    const largest = bytesOf(adeunisHead + '00'.repeat(maxDatagramBytes - 13))
    expect(readDatagram(largest, receivedAtMs)).toMatchObject({ kind: 'adeunis-nbiot' })
    const larger = Uint8Array.of(...largest, 7)
    expect(readDatagram(larger, receivedAtMs)).toEqual({
      ...refusal('oversize_datagram', null, ''),
      bytes: largest,
    })
  })

  const expectSound = (bytes: Uint8Array) => {
    const item = readDatagram(bytes, receivedAtMs)
    if (item.kind === 'reject') expect(rejectReasons).toContain(item.reason)
    else expect(item.deviceId).toMatch(/^\d{15,16}$/)
  }

  test('never makes it throw: every vector cut at every length', () => {
    for (const { hex = '' } of [...adeunis.vectors, ...dragino.vectors, ...others.vectors]) {
      for (let end = 0; end <= hex.length; end += 2) expectSound(bytesOf(hex.slice(0, end)))
    }
  })

  test('never makes it throw: random bytes behind each kind of head', () => {
    const head = fc.constantFrom(
      '',
      'f8',
      'f868411056754138',
      'f868411056754138f4',
      '11',
      '1122334455667788',
      '40',
      '383638343131303536373534313338',
    )
    fc.assert(
      fc.property(head, fc.uint8Array({ maxLength: 60 }), (hex, rest) => {
        expectSound(Uint8Array.of(...bytesOf(hex), ...rest))
      }),
      { numRuns: 3000 },
    )
  })
})
