import { expect, test } from 'vitest'
import { bytesOf, decode, decoded } from '../decoding.ts'
import { hexOf, inOurTerms, vector } from './terms.ts'

const profile = 'dragino-cpn01-nb'
const wrap = 'c-cpn01-u24wrap'

test('a CPN01 datagram decodes to what its vector states', () => {
  const { hex, stated } = vector(wrap)
  expect(decoded(profile, hex).fields).toMatchObject(inOurTerms(stated))
})

test('its indexes are the counts as they stand, before and after the wrap at 24 bits, each at its own time', () => {
  const { indexes } = decoded(profile, hexOf(wrap))
  expect(indexes.map(({ index, timeSeconds }) => [index, timeSeconds])).toEqual([
    [4, 1_735_689_600],
    [16_777_215, 1_735_688_700],
    [16_777_210, 1_735_687_800],
  ])
  const [now = 0, before = 0, first = 0] = indexes.map(({ index }) => index)
  expect([(now - before) & 0xffffff, before - first]).toEqual([5, 5])
})

test('with an IMSI it is read as well', () => {
  const withImsi = hexOf(wrap).replace('f868411056754138', 'f868411056754138f460240102030405')
  const { fields, indexes } = decoded(profile, withImsi)
  expect(fields).toMatchObject({ imsi: '460240102030405', model: 7, totalPulses: 4, lastOpenDuration: 13 })
  expect(indexes.map(({ index }) => index)).toEqual([4, 16_777_215, 16_777_210])
})

test('an alarm leaves an event with its code', () => {
  const alarm = hexOf(wrap).replace('0e101401000000', '0e101401000003')
  expect(decoded(profile, alarm).events).toEqual([{ kind: 'device_alarm', channel: '', value: 3 }])
  expect(decoded(profile, hexOf(wrap)).events).toEqual([])
})

test('cut in its main record it is too short, cut in a history record it is read without it', () => {
  const bytes = bytesOf(hexOf(wrap))
  expect(decode(profile, bytes.subarray(0, 26))).toBe('short_frame')
  expect(decode(profile, bytes.subarray(0, 27 + 11 + 5))).toMatchObject({ fields: { history: [{ contactStatus: 0 }] } })
})
