import { describe, expect, test } from 'vitest'
import {
  integer,
  oneOf,
  optionalText,
  readSettings,
  SettingsError,
  text,
  textMap,
} from '../../../adapters/process/settings.ts'

const spec = {
  url: text('URL'),
  port: integer('PORT', { min: 1, max: 65_535 }),
  linger: integer('LINGER', { min: 0, max: 1_000, fallback: 20 }),
  lane: oneOf('LANE', ['sigfox', 'nbiot']),
  tls: oneOf('TLS', ['require', 'off'], 'require'),
  fields: textMap('FIELDS'),
  profile: optionalText('PROFILE'),
}
const good = { URL: 'http://a', PORT: '5683', LANE: 'nbiot', FIELDS: '{"device":"id"}' }

const faultsOf = (environment: Record<string, string>) => {
  try {
    readSettings(environment, spec)
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n')
    throw error
  }
  return []
}

test('good settings are read into their types; what is not set or empty has its fallback', () => {
  const read = {
    url: 'http://a',
    port: 5683,
    linger: 20,
    lane: 'nbiot',
    tls: 'require',
    fields: { device: 'id' },
    profile: null,
  }
  expect(readSettings(good, spec)).toEqual(read)
  expect(readSettings({ ...good, LINGER: '', TLS: '', PROFILE: '' }, spec)).toEqual(read)
})

test('all faults are reported together, each with its name and what it may be', () => {
  expect(faultsOf({ PORT: '0', LINGER: 'x', LANE: 'lora', TLS: 'maybe', FIELDS: '[]' })).toEqual([
    'URL must be set',
    'PORT must be a whole number from 1 to 65535, not "0"',
    'LINGER must be a whole number from 0 to 1000, not "x"',
    'LANE must be one of sigfox, nbiot, not "lora"',
    'TLS must be one of require, off, not "maybe"',
    'FIELDS must be a JSON object whose values are texts',
  ])
})

describe('what is not a value is a fault', () => {
  test.each([
    ['PORT', ['65536', '1.5', '1e3', ' 80', '0x50', '-1', 'NaN', 'Infinity', '99999999999999999999', '']],
    ['FIELDS', ['', 'null', '"text"', '{', '{"device":1}', '{"device":null}']],
    ['LANE', ['', 'Sigfox', 'sigfox ', '__proto__']],
    ['URL', ['']],
  ])('%s', (name, values) => {
    for (const value of values)
      expect(faultsOf({ ...good, [name]: value })).toEqual([expect.stringMatching(`^${name} must be`)])
  })
})
