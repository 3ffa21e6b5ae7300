import { expect, test } from 'vitest'
import { canonicalDeviceId } from '../../../core/message/identity.ts'
import { formatInstant, parseDuration, parseInstant } from '../../../core/message/instant.ts'

test.each([
  ['4d3091', '4D3091', 'sigfox'],
  ['004D3091', '4D3091', 'sigfox'],
  ['0', '0', 'sigfox'],
  ['0000', '0', 'sigfox'],
  ['12345678', '12345678', 'sigfox'],
  ['867787050123456', '867787050123456', 'nbiot'],
  ['0867787050123456', '0867787050123456', 'nbiot'],
])('the id %s is %s of %s', (text, deviceId, network) => {
  expect(canonicalDeviceId(text)).toEqual({ deviceId, network })
})

test.each(['', '123456789', 'G1', '4D 30', '0x4D', '86778705012345678', '-1'])('%j is not a device id', (text) => {
  expect(canonicalDeviceId(text)).toBeNull()
})

test.each([
  ['2026-01-31T08:00:00Z', '2026-01-31T08:00:00Z'],
  ['2026-01-31T08:00Z', '2026-01-31T08:00:00Z'],
  ['2026-01-31', '2026-01-31T00:00:00Z'],
  ['2026-01-31T08:00:00.250Z', '2026-01-31T08:00:00.250Z'],
  ['2026-01-31T08:00:00.5Z', '2026-01-31T08:00:00.500Z'],
  ['2024-02-29', '2024-02-29T00:00:00Z'],
])('the instant %s is read and written as %s', (text, written) => {
  expect(formatInstant(parseInstant(text) ?? Number.NaN)).toBe(written)
})

test.each([
  '2026-02-29',
  '2026-01-31T24:00:00Z',
  '2026-01-31T08:00:00',
  '2026-01-31T08:00:00+01:00',
  '2026-01-31T08:00:00.1234Z',
  '2026-13-01',
  '1769846400',
  'now',
])('%s is not an instant in UTC', (text) => {
  expect(parseInstant(text)).toBeNull()
})

test.each([
  ['PT26H', 26 * 3_600_000],
  ['P1W2DT3H4M5S', ((9 * 24 + 3) * 3600 + 245) * 1000],
  ['PT0S', 0],
])('the duration %s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['P', 'PT', 'P1DT', '26h', 'P1M', 'P1Y', 'PT1.5H', '-PT1H', 'PT9999999H'])('%s is not a duration', (text) => {
  expect(parseDuration(text)).toBeNull()
})
