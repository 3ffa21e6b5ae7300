import { describe, expect, test } from 'vitest'
import { sha256 } from '../../../adapters/process/ids.ts'
import { messageId } from '../../../core/message/identity.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { readFieldNames } from '../../../core/sigfox/body.ts'
import sigfox from '../../vectors/sigfox_callbacks.json' with { type: 'json' }
import { bytesOf, read, readLines, settings, type Told, uplinkOf, writings } from './callbacks.ts'

interface Vector {
  readonly id: string
  readonly contentType: string
  readonly body: string
  readonly normalized: Readonly<Record<string, unknown>>
}
const vectors: readonly Vector[] = sigfox.vectors
const vector = (id: string): Vector => {
  const found = vectors.find((v) => v.id === id)
  if (!found) throw new Error(`no vector ${id}`)
  return found
}

const toldIn = (normalized: Readonly<Record<string, unknown>>): Told | null => {
  const { device, time, data, seqNumber } = normalized
  if (data === undefined) return null
  return { device: `${device}`, time: `${time}`, data: `${data}`, seqNumber: `${seqNumber}` }
}
const told = vectors.flatMap(({ id, normalized }) => {
  const values = toldIn(normalized)
  return values === null ? [] : [{ id, values }]
})

/** The reject that stands for what a vector's note says of it. */
const reasons: Readonly<Record<string, string>> = {
  ubidots: 'device_missing',
  'c-odd-hex': 'hex_odd_length',
  'c-unresolved': 'unresolved_template',
  'c-status': 'unsupported_callback',
  'c-error': 'unsupported_callback',
  'c-ack': 'unsupported_callback',
}
const others = ['c-retry', 'c-text-batch']

const idOf = (item: RawItem) => {
  if (item.kind === 'reject') throw new Error(`rejected: ${item.reason}`)
  return messageId(sha256, item, (item.timeSeconds ?? 0) * 1000)
}

describe('published and constructed callbacks', () => {
  test('each of them is tested here', () => {
    const tested = [...told.map(({ id }) => id), ...Object.keys(reasons), ...others]
    expect(tested.sort()).toEqual(vectors.map(({ id }) => id).sort())
  })

  test.each(told)('$id is read as its normalized value', ({ id, values }) => {
    const { body, contentType } = vector(id)
    expect(read(body, contentType)).toEqual(uplinkOf(values))
  })

  describe.each(told)('$id is the same message written as', ({ values }) => {
    test.each(Object.entries(writings))('%s', (_writing, write) => {
      expect(write(values)).toEqual(uplinkOf(values))
    })
  })

  test.each(Object.entries(reasons))('%s is a reject with its bytes: %s', (id, reason) => {
    const { body, contentType } = vector(id)
    expect(read(body, contentType)).toMatchObject({ kind: 'reject', lane: 'sigfox', step: 'door', reason })
    expect(read(body, contentType)).toHaveProperty('bytes', bytesOf(body))
  })

  test('13 bytes are no Sigfox payload, also where the mapping finds the device', () => {
    const fieldNames = readFieldNames({ device: 'device_id' })
    const item = read(vector('ubidots').body, 'application/json', { ...settings, fieldNames })
    expect(item).toMatchObject({ kind: 'reject', reason: 'payload_too_long', deviceId: '410902' })
  })

  test('the retried callback is the same message', () => {
    expect(idOf(read(vector('c-retry').body))).toBe(idOf(read(vector('c-uplink-wrapped').body)))
  })

  test('the batch gives its two messages, whatever ends its lines', () => {
    const { body, normalized } = vector('c-text-batch')
    const messages = (normalized.messages as Record<string, unknown>[]).flatMap((m) => toldIn(m) ?? [])
    const lines = body.trim().split('\n')
    for (const end of ['\n', '\r\n', '\r', '\n\n', ' \n']) {
      expect(readLines(lines.join(end))).toEqual(messages.map(uplinkOf))
      expect(readLines(lines.join(end) + end)).toEqual(messages.map(uplinkOf))
    }
  })

  test('nine messages in a row are nine messages', () => {
    const items = sigfox.sequences.flatMap(({ items }) => items)
    const ids = items.map(({ seq, time }) =>
      idOf(read(JSON.stringify({ device: 'A', time, data: '', seqNumber: seq }))),
    )
    expect(new Set(ids).size).toBe(9)
  })
})
