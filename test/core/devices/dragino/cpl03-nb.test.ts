import { describe, expect, test } from 'vitest'
import { decode, decoded } from '../decoding.ts'
import { hexOf, inOurTerms, vector } from './terms.ts'

const profile = 'dragino-cpl03-nb'
const imei = 'f868411056754138'
const imsi = 'f460240102030405'
const head = '01640e0419'

test('a CPL03-NB datagram decodes to what its vector states', () => {
  const { hex, stated } = vector('c-cpl03-imsi')
  expect(decoded(profile, hex).fields).toMatchObject(inOurTerms(stated))
})

test('gives its count and each history record at its own time', () => {
  const { indexes } = decoded(profile, hexOf('c-cpl03-imsi'))
  expect(indexes.map(({ channel, index, timeSeconds }) => [channel, index, timeSeconds])).toEqual([
    ['A', 5000, 1_735_689_600],
    ['A', 4999, 1_735_688_400],
    ['A', 4990, 1_735_687_200],
  ])
})

test('without an IMSI it is read as well, and its alarm bit leaves an event', () => {
  const { fields, events } = decoded(profile, `${imei}${head}0200138800000367748580`)
  expect(fields).toMatchObject({ imsi: null, count: 5000, lastOpenTime: 3, status: { alarm: 1 }, history: [] })
  expect(events).toEqual([{ kind: 'device_alarm', channel: '', value: 1 }])
})

describe('with three counters (bit 3 of the status, with and without an IMSI)', () => {
  const main = `${head}1c0000640000c800012c67748580`
  const record = '1c0000630000c700012b67748120'
  const longRecord = '1c0000070000090000630000c700012b67748120'
  const indexesOf = (hex: string) =>
    decoded(profile, hex).indexes.map(({ channel, index, timeSeconds }) => [channel, index, timeSeconds])
  const now = [
    ['A', 100, 1_735_689_600],
    ['B', 200, 1_735_689_600],
    ['C', 300, 1_735_689_600],
  ]
  const before = [
    ['A', 99, 1_735_688_480],
    ['B', 199, 1_735_688_480],
    ['C', 299, 1_735_688_480],
  ]

  test('each is a channel', () => {
    for (const hex of [imei + main, imei + imsi + main]) expect(indexesOf(hex)).toEqual(now)
    expect(decoded(profile, imei + main).fields).toMatchObject({
      status: { ttrChannelMode: 1 },
      counts: [100, 200, 300],
      timeSeconds: 1_735_689_600,
    })
  })

  test('history records have the length that fits, and that of the firmware where both do', () => {
    expect(indexesOf(imei + main + record)).toEqual([...now, ...before])
    expect(indexesOf(imei + imsi + main + record)).toEqual([...now, ...before])
    expect(indexesOf(imei + main + longRecord)).toEqual([...now, ...before])
    expect(indexesOf(imei + imsi + main + longRecord)).toEqual([...now, ...before])
    expect(indexesOf(imei + main + record.repeat(10))).toHaveLength(33)
    expect(indexesOf(imei + imsi + main + longRecord.repeat(7))).toHaveLength(24)
  })

  test('history of another length is none', () => {
    expect(indexesOf(`${imei}${main}${record}00`)).toEqual(now)
  })

  test('cut in their record they are too short', () => {
    expect(decode(profile, (imei + main).slice(0, -2))).toBe('short_frame')
  })
})
