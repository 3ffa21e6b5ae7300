import { describe, expect, test } from 'vitest'
import { readDatagram } from '../../../../core/devices/datagram.ts'
import { profileOfDatagram, profiles } from '../../../../core/devices/index.ts'
import { decodeFrame } from '../../../../core/told/decode-message.ts'
import vectors from '../../../vectors/dragino.json' with { type: 'json' }
import { bytesOf, decode } from '../decoding.ts'
import { hexOf } from './terms.ts'

/** Each vector and the profile that decodes it; null where none does. */
const profileOf: Record<string, string | null> = {
  // leaf moisture, no meter; its header is that of them all
  'nlms01-header-and-history': null,
  'c-sw3l-imsi': 'dragino-sw3l-nb',
  'c-sw3l-k0': 'dragino-sw3l-nb',
  'c-cpn01-u24wrap': 'dragino-cpn01-nb',
  'c-cpl03-imsi': 'dragino-cpl03-nb',
  'c-trunc-header': null,
  'c-time-zero': 'dragino-sw3l-nb',
  'c-variant-ambiguity': 'dragino-sw3l-nb',
}
const names = ['dragino-sw3l-nb', 'dragino-cpn01-nb', 'dragino-cpl03-nb']

describe('the model in the header tells the profile, with and without an IMSI before it', () => {
  test.each(vectors.vectors)('$id', ({ id, hex }) => {
    expect(profileOfDatagram('dragino-nb', bytesOf(hex))).toBe(profileOf[id])
    const refused = id === 'c-trunc-header' ? 'short_frame' : 'wrong_profile'
    for (const name of names) {
      if (name === profileOf[id]) expect(decode(name, hex)).toMatchObject({ fields: { imei: '868411056754138' } })
      else expect(decode(name, hex)).toBe(refused)
    }
  })
})

test('a Sigfox frame tells no profile; the envelopes of Adeunis and ELKO each tell one', () => {
  expect(profileOfDatagram('sigfox-data', bytesOf('46800000009f00000002'))).toBe(null)
  expect(profileOfDatagram('adeunis-nbiot', new Uint8Array())).toBe('adeunis-pulse-nbiot')
  expect(profileOfDatagram('elko-nb', new Uint8Array())).toBe('elko-airtm-nb')
})

test('records that are all zero are empty slots', () => {
  expect(decode('dragino-cpn01-nb', hexOf('c-cpn01-u24wrap').slice(0, 54) + '00'.repeat(22))).toMatchObject({
    fields: { history: [] },
    indexes: [{ index: 4 }],
  })
})

describe('the header is read once', () => {
  /** How often a digit of the IMEI is read while `read` looks at the bytes. */
  const readsOfImei = (hex: string, read: (bytes: Uint8Array) => unknown): number => {
    let reads = 0
    const bytes = new Proxy(bytesOf(hex), {
      get: (target, name) => {
        if (name === '3') reads++
        return Reflect.get(target, name, target)
      },
    })
    read(bytes)
    return reads
  }
  const unregistered = { deviceId: '868411056754138', seqNumber: -1, profile: null, samplePeriodSeconds: null } as const
  const ports = { digest: () => '', profiles, profileOfDatagram, defaultProfile: null }

  test.each(['c-sw3l-imsi', 'c-cpn01-u24wrap', 'c-cpl03-imsi'])('to choose a profile and decode %s', (id) => {
    const decoding = (payload: Uint8Array) =>
      decodeFrame(ports, { ...unregistered, id: '', kind: 'dragino-nb', receivedAtMs: 0, payload })
    expect(decoding(bytesOf(hexOf(id)))).toBeTypeOf('object')
    expect(readsOfImei(hexOf(id), decoding)).toBe(1)
  })

  test('at the door, beside its id', () => {
    expect(readsOfImei(hexOf('c-sw3l-imsi'), (bytes) => readDatagram(bytes, 0))).toBe(2)
  })
})
