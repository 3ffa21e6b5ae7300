import { describe, expect, test } from 'vitest'
import vectors from '../../../vectors/adeunis.json' with { type: 'json' }
import { decode, decoded } from '../decoding.ts'

const profile = 'adeunis-pulse-legacy@1'
const vector = vectors.vectors.find(({ id }) => id === 'c-legacy-sigfox')
const hex = vector?.hex ?? ''

describe('an index frame of the ARF8048PA', () => {
  test('decodes to what its vector states', () => {
    expect(vector?.decoded).toMatchObject({ type1: 1, index1: 1234, type2: 1, index2: 0, index1_litres: 123.4 })
    expect(decoded(profile, hex).fields).toMatchObject({
      frameCode: 0x02,
      status: null,
      type1: 1,
      index1: 1234,
      index1Litres: 123.4,
      type2: 1,
      index2: 0,
    })
  })

  test('gives the tenths of a litre of both channels as their indexes', () => {
    expect(decoded(profile, hex).indexes.map(({ channel, index }) => [channel, index])).toEqual([
      ['A', 1234],
      ['B', 0],
    ])
  })

  test('has a status byte behind its code where there are 12 bytes', () => {
    const { fields, indexes, events } = decoded(profile, '02ef06d2040000080000ffff')
    expect(fields).toMatchObject({ type1: 6, index1: 1234, type2: 8, index2: 0xffff0000 })
    expect(fields.status).toEqual({
      frameCounter: 14,
      hardwareError: true,
      switchInconsistent: true,
      lowBattery: true,
      configurationDone: true,
    })
    expect(indexes.map(({ index }) => index)).toEqual([1234, 0xffff0000])
    expect(events.map(({ kind }) => kind)).toEqual(['low_battery', 'hardware_error', 'configuration_inconsistent'])
  })

  test('counts watt hours, not litres, on an electricity or thermal meter', () => {
    expect(decoded(profile, '020005d204000009d2040000').fields).toMatchObject({
      index1: 1234,
      index1Litres: null,
      index2Litres: null,
    })
  })
})

test('configuration frames are read, little-endian, and leave an event with their code', () => {
  const device = decoded(profile, '0310020e10030604013f')
  expect(device.fields).toMatchObject({
    status: { frameCounter: 1 },
    deviceType: 2,
    transmitPeriodSeconds: 0x100e,
    channel1On: true,
    channel2On: true,
    type1: 6,
    type2: 4,
    pulseInputType: 1,
    memoSwitch: 0x3f,
  })
  expect(device.events).toEqual([{ kind: 'configuration', channel: '', value: 3 }])
  const counter = decoded(profile, '05206400d2040000')
  expect(counter.fields).toMatchObject({ counter: 2, pulseWeight: 100, memoIndex: 1234 })
  expect(counter.events).toEqual([{ kind: 'configuration', channel: '', value: 5 }])
})

test('what is cut is too short, what has another code is unknown', () => {
  for (const cut of ['02', hex.slice(0, -2), '0310020e1003060401', '04206400d20400']) {
    expect(decode(profile, cut)).toBe('short_frame')
  }
  expect(decode(profile, '0000')).toBe('unknown_frame')
  expect(decode(profile, '46800000009f00000002')).toBe('unknown_frame')
  expect(decode(profile, '')).toBe('empty_frame')
})
