import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rejectReasons } from '../../../core/message/rejects.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { largestBodyBytes } from '../../../core/sigfox/callback.ts'
import { anyText } from './any-text.ts'
import { bytesOf, read, readLines } from './callbacks.ts'

const contentTypes = ['application/json', 'application/x-www-form-urlencoded', 'text/plain', '', '\u0000; x']

/** Of any body: an uplink that every later step can hold, or a listed reason with the bytes. */
const expectSound = (item: RawItem) => {
  if (item.kind === 'reject') {
    expect(rejectReasons).toContain(item.reason)
    expect(item.bytes).toBeInstanceOf(Uint8Array)
    expect(item.deviceId ?? 'A').toMatch(/^[0-9A-F]{1,8}$/)
    return
  }
  expect(item.deviceId).toMatch(/^(0|[1-9A-F][0-9A-F]{0,7})$/)
  expect(item.payload.length).toBeLessThanOrEqual(12)
  expect(Number.isInteger(item.seqNumber) && item.seqNumber >= -1 && item.seqNumber < 2 ** 31).toBe(true)
  expect(Number.isInteger(item.timeSeconds) && (item.timeSeconds ?? -1) >= 0).toBe(true)
}

const readAll = (body: string | Uint8Array) => {
  for (const contentType of contentTypes) expectSound(read(body, contentType))
  readLines(body).forEach(expectSound)
}

const good = '{"device":"C0FFEE","time":1735689600,"data":"46800000009f00000002","seqNumber":4095}'
const withField = (name: string, value: string) =>
  good.replace(new RegExp(`"${name}":("[^"]*"|\\d+)`), `"${name}":${value}`)

describe('a body says what it says', () => {
  test.each([
    ['time', '1e999', 'time_invalid'],
    ['time', '9007199254740993', 'time_invalid'],
    ['time', '-1735689600', 'time_invalid'],
    ['time', '1735689600.5', 'time_invalid'],
    ['time', 'null', 'time_missing'],
    ['time', '"null"', 'time_missing'],
    ['time', '""', 'time_missing'],
    ['time', '[1735689600]', 'time_missing'],
    ['time', '"१७३५६८९६००"', 'time_invalid'],
    ['time', '"1735689600\\u0000"', 'time_invalid'],
    ['time', '"1735689600\\r\\nx"', 'time_invalid'],
    ['time', '"{time}"', 'unresolved_template'],
    ['seqNumber', '1e999', 'seq_number_invalid'],
    ['seqNumber', '9007199254740993', 'seq_number_invalid'],
    ['seqNumber', '2147483648', 'seq_number_invalid'],
    ['seqNumber', '-1', 'seq_number_invalid'],
    ['seqNumber', 'true', 'seq_number_invalid'],
    ['device', 'null', 'device_missing'],
    ['device', '{}', 'device_missing'],
    ['device', '"C0FFEE\\u0000"', 'device_invalid'],
    ['device', '"C0FFEE\\nC0FFEF"', 'device_invalid'],
    ['device', '"\\ud800"', 'device_invalid'],
    ['device', '"123456789"', 'device_invalid'],
    ['device', '"__proto__"', 'device_invalid'],
    ['data', 'null', 'data_missing'],
    ['data', '["46"]', 'data_missing'],
    ['data', '"4"', 'hex_odd_length'],
    ['data', '"4g"', 'hex_invalid'],
    ['data', '"\\ud83d\\ude00"', 'hex_invalid'],
    ['data', '"46800000009f00000002464646"', 'payload_too_long'],
  ])('%s %s is %s', (name, value, reason) => {
    expect(read(withField(name, value))).toMatchObject({
      kind: 'reject',
      reason,
      bytes: bytesOf(withField(name, value)),
    })
  })

  test('a number is read as it is written, not as it is worth', () => {
    expect(read(withField('device', '12E4'))).toMatchObject({ deviceId: '12E4' })
    expect(read(withField('data', '12345678901234567891'))).toHaveProperty('payload.9', 0x91)
    expect(read(withField('data', '12e2'))).toHaveProperty('payload', Uint8Array.of(0x12, 0xe2))
  })

  test('a field named __proto__ or constructor is a field like any other, and lends none', () => {
    const lent =
      '{"__proto__":{"device":"C0FFEE"},"constructor":{"prototype":{"device":"C0FFEE"}},"data":"46","time":1}'
    expect(read(lent)).toMatchObject({ kind: 'reject', reason: 'device_missing' })
    expect(read(good.replace('{', '{"__proto__":{"device":"BAD"},'))).toMatchObject({ deviceId: 'C0FFEE' })
  })

  test.each([
    ['nothing', ''],
    ['white space', ' \r\n\t '],
    ['a byte order mark alone', Uint8Array.of(0xef, 0xbb, 0xbf)],
  ])('%s is body_empty', (_what, body) => {
    expect(read(body)).toMatchObject({ reason: 'body_empty' })
    expect(readLines(body)).toMatchObject([{ reason: 'body_empty' }])
  })

  test.each([
    ['an array', `[${good}]`],
    ['JSON cut short', good.slice(0, -1)],
    ['a text', '"C0FFEE"'],
    ['bytes that are no UTF-8', Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)],
    ['a surrogate in UTF-8', Uint8Array.of(0x7b, 0xed, 0xa0, 0x80, 0x7d)],
    ['a depth of 100,000', `{"device":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['open brackets to the brim', `{"a":${'['.repeat(largestBodyBytes - 5)}`],
  ])('%s is body_unreadable, with its bytes', (_what, body) => {
    expect(read(body)).toMatchObject({ kind: 'reject', reason: 'body_unreadable', bytes: bytesOf(body) })
  })
})

test('bytes that are no UTF-8 spoil nothing where they do not count', () => {
  const [before, after] = good.split('}').map(bytesOf) as [Uint8Array, Uint8Array]
  const body = Uint8Array.of(...before, ...bytesOf(',"name":"'), 0xe9, 0xff, ...bytesOf('"}'), ...after)
  expect(read(body)).toEqual(read(good))
  const [line] = readLines(Uint8Array.of(...bytesOf('C0FFEE;1735689600;false;'), 0xff, ...bytesOf(';37FF;46;;;;;7')))
  expect(line).toMatchObject({ kind: 'sigfox-data', deviceId: 'C0FFEE', seqNumber: 7 })
})

describe('no body makes the reader throw', () => {
  test('any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), readAll), { numRuns: 300 })
  })

  test('any text', () => {
    fc.assert(fc.property(anyText(), readAll))
  })

  test('any JSON', () => {
    fc.assert(fc.property(fc.json({ depthSize: 'medium' }), readAll), { numRuns: 300 })
  })

  test('any values in the fields that count', () => {
    const value = fc.oneof(fc.jsonValue(), anyText(), fc.constantFrom('null', '{x}', '0', '00', '1e9'))
    const fields = fc.record({ device: value, time: value, data: value, seqNumber: value }, { requiredKeys: [] })
    fc.assert(
      fc.property(fields, (body) => {
        readAll(JSON.stringify(body))
        readAll(
          `${new URLSearchParams(Object.entries(body).map(([k, v]): [string, string] => [k, String(JSON.stringify(v))]))}`,
        )
        readAll(
          Object.values(body)
            .map((v) => JSON.stringify(v))
            .join(';'),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('good bodies with bytes of them replaced, cut or doubled', () => {
    const bodies = [
      good,
      'device=C0FFEE&time=1735696800&data=46c00000009f00000004&seqNumber=1&ack=false',
      'device:C0FFEE; data:46; time:1735689600; seqNumber:3',
      'C0FFEE;1735689600;false;18.86;37FF;46800000009f00000002;15.54;45;5;-123.00;4095\nC0FFEF;1;2\n',
    ]
    const change = fc.tuple(fc.nat(100), fc.nat(2), fc.uint8Array({ maxLength: 3 }))
    fc.assert(
      fc.property(fc.constantFrom(...bodies), fc.array(change, { minLength: 1, maxLength: 5 }), (body, changes) => {
        let bytes = Buffer.from(body)
        for (const [at, skipped, put] of changes) {
          bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + skipped)])
        }
        readAll(bytes)
      }),
      { numRuns: 500 },
    )
  })
})

describe('no body keeps the reader busy', () => {
  const n = largestBodyBytes / 4
  const repeated = (unit: string) => unit.repeat(n / unit.length)

  // an expression that goes back over the text takes 8 s for this many bytes, and 16 times that for the most allowed
  test.each([
    ['spaces inside a value', `a: x${repeated(' ')}x`],
    ['equals signs', `${repeated('=')};`],
    ['a name and equals signs', `a${repeated('=')};`],
    ['open braces', `{"device":"${repeated('{')}"}`],
    ['open braces in a form', `device=${repeated('{')}`],
    ['semicolons', repeated(';')],
    ['a name without end', repeated('a')],
    ['names', repeated('a:1;')],
    ['zeros', `{"device":"${repeated('0')}","data":"46"}`],
    ['digits', `{"device":"1","data":"46","time":"${repeated('1')}x"}`],
    ['line breaks', repeated('\r\n')],
    ['lines', repeated('x\n')],
    ['brackets', `{"a":${repeated('[')}`],
    ['escapes', `a=${repeated('%00')}`],
  ])('64 KB of %s are read in less than a second', (_what, body) => {
    const startedAtMs = performance.now()
    for (const contentType of ['', 'text/plain']) read(body, contentType)
    readLines(body)
    expect(performance.now() - startedAtMs).toBeLessThan(1_000)
  })
})
