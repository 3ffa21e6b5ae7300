import { describe, expect, test } from 'vitest'
import others from '../../../vectors/others.json' with { type: 'json' }
import { decode, decoded } from '../decoding.ts'
import { vectorOf } from '../other-vectors.ts'

const profile = 'elko-airtm-nb'
const notification = vectorOf('c-elko-notification').hex

test.each(['c-elko-notification', 'c-elko-heartbeat', 'c-elko-tamper'])('%s decodes to what it states', (id) => {
  const { hex, decoded: stated } = vectorOf(id)
  const { fields, indexes } = decoded(profile, hex)
  expect(fields).toMatchObject({ imei: '868411056754138', ...stated })
  expect(indexes).toEqual([
    { channel: 'A', index: stated.counter, timeSeconds: null, ageSeconds: 0, quality: 'measured' },
  ])
})

test('tamper and low battery are events, each by its own bit', () => {
  const kinds = (flags: string) =>
    decoded(profile, notification.replace('0101000102', `0101${flags}0102`)).events.map(({ kind }) => kind)
  expect(kinds('00')).toEqual([])
  expect(kinds('01')).toEqual(['low_battery'])
  expect(kinds('02')).toEqual(['tamper'])
  expect(kinds('ff')).toEqual(['tamper', 'low_battery'])
})

describe('other datagrams of ELKO', () => {
  const imei = notification.slice(0, 30)

  test('of the energy metering function are read alike', () => {
    expect(decoded(profile, `${imei}01020000000007`)).toMatchObject({
      fields: { function: 'energyMetering', counter: 7 },
      indexes: [{ index: 7 }],
    })
  })

  test('with firmware versions leave an event', () => {
    expect(decoded(profile, `${imei}030102030405`)).toMatchObject({
      fields: { messageType: 'firmware', versionsHex: '0102030405' },
      indexes: [],
      events: [{ kind: 'configuration', channel: '', value: 3 }],
    })
  })

  test('are refused with a reason each: unknown function or type, cut short, of another vendor, empty', () => {
    expect(decode(profile, `${imei}010a01`)).toBe('unknown_frame')
    expect(decode(profile, notification.replace(/0101000102/, '0901000102'))).toBe('unknown_frame')
    expect(decode(profile, notification.slice(0, -2))).toBe('short_frame')
    expect(decode(profile, `${imei}01`)).toBe('short_frame')
    expect(decode(profile, imei)).toBe('short_frame')
    expect(decode(profile, '1122334455667788030000002646000000009f00000002')).toBe('wrong_profile')
    expect(decode(profile, '')).toBe('empty_frame')
  })
})

test('exactly these vectors of other devices and encodings have no profile', () => {
  const used = ['icemeter-offsets', 'c-icemeter', 'c-elko-notification', 'c-elko-heartbeat', 'c-elko-tamper']
  expect(others.vectors.map(({ id }) => id).filter((id) => !used.includes(id))).toEqual([
    ...['jooby-hourMC', 'jooby-exAbsHourMC', 'jooby-currentMC-4', 'jooby-currentMC-3', 'jooby-currentMC-6-7-13'],
    ...['jooby-varint', 'jooby-pulse-coefficient', 'milesight-em300di', 'imbuildings-counter'],
    ...['senml-cbor-rfc8428', 'c-senml-json-water', 'cose-mac0-rfc8392'],
  ])
})
