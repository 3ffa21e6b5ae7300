import { describe, expect, test } from 'vitest'
import { decode, decoded } from '../decoding.ts'
import { vectorOf } from '../other-vectors.ts'

const profile = 'icemeter-pulse@1'
const constructed = vectorOf('c-icemeter').hex
const hour = 3600

describe('an ICEmeter frame', () => {
  test('decodes to what its vectors state: of the layout, and of the published values', () => {
    const { periodic, counter, history } = vectorOf('c-icemeter').decoded
    expect(decoded(profile, constructed).fields).toMatchObject({ periodic, counter, history })

    const published = vectorOf('icemeter-offsets')
    expect(decoded(profile, constructed).fields).toMatchObject(published.fields)
    expect(decoded(profile, constructed, hour).indexes.map(({ index }) => index)).toEqual([
      published.decoded.at_t,
      published.decoded['at_3/4'],
      published.decoded['at_1/2'],
      published.decoded['at_1/4'],
    ])
  })

  test('gives its offsets as indexes a sample period apart, which is a quarter of the transmission period', () => {
    const sample = (index: number, ageSeconds: number, quality: string) => ({
      channel: 'A',
      index,
      timeSeconds: null,
      ageSeconds,
      quality,
    })
    expect(decoded(profile, constructed, hour).indexes).toEqual([
      sample(123456789, 0, 'measured'),
      sample(123456788, hour, 'derived'),
      sample(123456786, 2 * hour, 'derived'),
      sample(123456785, 3 * hour, 'derived'),
    ])
  })

  test('without a sample period gives only the newest index', () => {
    expect(decoded(profile, constructed).indexes).toMatchObject([{ index: 123456789, ageSeconds: 0 }])
  })

  test('is read back over the wrap of its counter', () => {
    const indexes = decoded(profile, '012400000003000500000000', hour).indexes.map(({ index }) => index)
    expect(indexes).toEqual([3, 4294967294, 4294967294, 4294967294])
  })

  test('of a device that could not read its M-Bus meter gives an alarm and no index', () => {
    for (const flags of ['03', '05']) {
      const { indexes, events } = decoded(profile, constructed.replace(/^01/, flags), hour)
      expect(indexes).toEqual([])
      expect(events).toEqual([{ kind: 'device_alarm', channel: '', value: Number(`0x${flags}`) }])
    }
    expect(decoded(profile, constructed.replace(/^01/, '09'))).toMatchObject({
      indexes: [{ index: 123456789 }],
      events: [{ kind: 'device_alarm', value: 9 }],
    })
  })

  test('of another kind is unknown; a cut one is too short', () => {
    expect(decode(profile, constructed.replace(/^01/, '02'))).toBe('unknown_frame')
    expect(decode(profile, constructed.slice(0, -2))).toBe('short_frame')
    expect(decode(profile, '')).toBe('empty_frame')
  })
})
