import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readFieldNames } from '../../../core/sigfox/body.ts'
import { anyTold, bytesOf, read, readLines, settings, type Told, uplinkOf } from './callbacks.ts'

const lineOf = ({ device, time, data, seqNumber }: Told) =>
  `${device};${time};false;null;37FF;${data};;;;-12.0;${seqNumber}`
const good: Told = { device: 'C0FFEE', time: '1735689600', data: '46', seqNumber: '7' }

describe('one bad line never fails its batch', () => {
  const badLines: Readonly<Record<string, [line: Uint8Array | string, reason: string]>> = {
    'too few columns': ['C0FFEE;1735689600', 'body_unreadable'],
    'too many columns': [`${lineOf(good)};true`, 'body_unreadable'],
    'no UTF-8': [Uint8Array.of(0x43, 0xff, 0x3b), 'body_unreadable'],
    'broken JSON': ['{"device":', 'body_unreadable'],
    'an unresolved pattern': [settings.batchColumns.map((name) => `{${name}}`).join(';'), 'unresolved_template'],
    'a NUL': [lineOf({ ...good, device: 'C0\u0000FE' }), 'device_invalid'],
    'bad hex': [lineOf({ ...good, data: '4x' }), 'hex_invalid'],
    'no device': [lineOf({ ...good, device: 'null' }), 'device_missing'],
    'no time': [lineOf({ ...good, time: '' }), 'time_missing'],
  }

  test.each(Object.entries(badLines))('%s, at any position', (_what, [bad, reason]) => {
    fc.assert(
      fc.property(fc.array(anyTold, { maxLength: 5 }), fc.nat(5), (messages, at) => {
        const position = Math.min(at, messages.length)
        const lines = messages.map((told): Uint8Array | string => lineOf(told))
        lines.splice(position, 0, bad)
        const body = Uint8Array.from(lines.flatMap((line) => [...bytesOf(line), 10]))
        const items = readLines(body)
        expect(items.toSpliced(position, 1)).toEqual(messages.map(uplinkOf))
        expect(items[position]).toMatchObject({ kind: 'reject', reason })
        expect(items[position]).toHaveProperty('bytes', bytesOf(bad))
      }),
      { numRuns: 50 },
    )
  })
})

describe('lines', () => {
  test('end with any line break, the last one or not, and are the same messages', () => {
    const end = fc.constantFrom('\n', '\r\n', '\r')
    fc.assert(
      fc.property(fc.array(anyTold, { minLength: 1 }), end, fc.boolean(), (messages, separator, trailing) => {
        const body = messages.map(lineOf).join(separator) + (trailing ? separator : '')
        expect(readLines(body)).toEqual(messages.map(uplinkOf))
      }),
    )
  })

  test('may come as the field batch of a form, percent-encoded or not', () => {
    const other = { ...good, device: 'C0FFEF' }
    const batch = `${lineOf(good)}\r\n${lineOf(other)}\r\n`
    for (const body of [`batch=${batch}`, `batch=${encodeURIComponent(batch)}&group=7`]) {
      expect(readLines(body)).toEqual([uplinkOf(good), uplinkOf(other)])
    }
    expect(readLines('batch=')).toMatchObject([{ kind: 'reject', reason: 'body_empty' }])
  })

  test('that are JSON need no columns', () => {
    expect(readLines(`${JSON.stringify(good)}\n{ "device":"x"}\n${lineOf(good)}`)).toMatchObject([
      uplinkOf(good),
      { reason: 'device_invalid' },
      uplinkOf(good),
    ])
  })
})

describe('other field names by mapping', () => {
  const fieldNames = readFieldNames({ device: 'id', data: 'payload', seqNumber: 'seq' })

  test('in a body; a name that is not mentioned stays the standard one', () => {
    const as = { ...settings, fieldNames }
    const body = { id: '00c0ffee', time: 1735689600, payload: '46', seq: 7, device: 'BAD', data: 'ff', seqNumber: 9 }
    expect(read(JSON.stringify(body), 'application/json', as)).toEqual(uplinkOf(good))
  })

  test('in the columns of a batch, in whatever order the stage says', () => {
    const as = { fieldNames, batchColumns: ['seq', 'payload', 'ack', 'id', 'time'] }
    expect(readLines('7;46;false;C0FFEE;1735689600', as)).toEqual([uplinkOf(good)])
  })
})

test('a message without seqNumber has -1, whether it is absent, empty or null', () => {
  for (const seqNumber of [undefined, null, '', 'null']) {
    expect(read(JSON.stringify({ ...good, seqNumber }))).toEqual(uplinkOf({ ...good, seqNumber: '-1' }))
  }
})
