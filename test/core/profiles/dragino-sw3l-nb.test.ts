import { describe, expect, test } from 'vitest'
import { profileOfDatagram } from '../../../core/profiles/index.ts'
import vectors from '../../vectors/dragino.json' with { type: 'json' }
import { bytesOf, decode, decoded } from './decoding.ts'

const profile = 'dragino-sw3l-nb'
type Stated = Record<string, unknown>
const seconds = (time: unknown) => Date.parse(String(time)) / 1000
const litresOf = (stated: unknown) => (typeof stated === 'number' ? expect.closeTo(stated, 6) : stated)

/** What a vector states, under the names and in the units of our fields; a name not listed here fails the test. */
const terms: Record<string, (value: never) => Stated> = {
  imei: (imei) => ({ imei }),
  imsi: (imsi) => ({ imsi }),
  version: ({ raw, model, firmware }: { raw: number; model: number; firmware: string }) => {
    expect(raw).toBe(model * 256 + Number(firmware.replaceAll('.', '')))
    return { model, firmwareHundredths: raw % 256 }
  },
  battery_mV: (batteryMillivolts) => ({ batteryMillivolts }),
  signal: (signal) => ({ signal }),
  PA4: (pa4) => ({ pa4 }),
  PB15: (pb15) => ({ pb15 }),
  alarm: (alarm) => ({ alarm }),
  mod: (mod) => ({ mod }),
  pulsesPerLitre: (pulsesPerLitre) => ({ pulsesPerLitre }),
  totalPulses: (totalPulses) => ({ totalPulses }),
  litres: (litres) => ({ litres: litresOf(litres) }),
  time: (time) => ({ timeSeconds: seconds(time) }),
  history: (records: Stated[]) => ({ history: records.map(inOurTerms) }),
  // remarks: tests below say what they mean
  flag: () => ({}),
  note: () => ({}),
}

const inOurTerms = (stated: Stated): Stated =>
  Object.assign(
    {},
    ...Object.entries(stated).map(([name, value]) => {
      const term = terms[name]
      if (term === undefined) throw new Error(`no term for the vector's ${name}: say which of our fields it is`)
      return term(value as never)
    }),
  )

const ours = vectors.vectors.filter(({ id }) => id.startsWith('c-sw3l') || id === 'c-time-zero')
const hexOf = (id: string) => vectors.vectors.find((vector) => vector.id === id)?.hex ?? ''

describe('an SW3L-NB datagram', () => {
  test.each(ours)('decodes to what vector $id states', ({ hex, decoded: stated }) => {
    expect(decoded(profile, hex).fields).toMatchObject(inOurTerms(stated as Stated))
  })

  test('gives its total and each history record at its own time', () => {
    expect(decoded(profile, hexOf('c-sw3l-imsi')).indexes).toEqual(
      [
        { index: 9000, timeSeconds: 1735693200 },
        { index: 8900, timeSeconds: 1735692300 },
        { index: 8850, timeSeconds: 1735691400 },
        { index: 8850, timeSeconds: 1735690500 },
      ].map((stated) => ({ ...stated, channel: 'A', ageSeconds: 0, quality: 'measured' })),
    )
  })

  test('without an IMSI is read as well', () => {
    expect(decoded(profile, hexOf('c-variant-ambiguity'))).toMatchObject({
      fields: { imsi: null, model: 10, pulsesPerLitre: 450, totalPulses: 9000, litres: 20 },
      indexes: [{ index: 9000, timeSeconds: 1735693200 }],
    })
  })

  test('of a device whose clock is not set keeps the time 0', () => {
    expect(decoded(profile, hexOf('c-time-zero')).indexes).toMatchObject([{ index: 9000, timeSeconds: 0 }])
  })

  test('makes no record of an empty place, nor of half a record', () => {
    expect(decoded(profile, `${hexOf('c-variant-ambiguity')}${'00'.repeat(8)}000022c4`).indexes).toHaveLength(1)
  })

  test('with an alarm leaves an event with its code', () => {
    const alarm = hexOf('c-variant-ambiguity').replace('1d010000', '1d010002')
    expect(decoded(profile, alarm).events).toEqual([{ kind: 'device_alarm', channel: '', value: 2 }])
    expect(decoded(profile, hexOf('c-variant-ambiguity')).events).toEqual([])
  })
})

test.each(['nlms01-header-and-history', 'c-cpn01-u24wrap', 'c-cpl03-imsi'])('%s is of another profile', (id) => {
  expect(decode(profile, hexOf(id))).toBe('wrong_profile')
  expect(profileOfDatagram('dragino-nb', bytesOf(hexOf(id)))).toBe(null)
})

describe('the profile that follows from a datagram', () => {
  test('is that of the model, with and without an IMSI', () => {
    expect(profileOfDatagram('dragino-nb', bytesOf(hexOf('c-sw3l-imsi')))).toBe(profile)
    expect(profileOfDatagram('dragino-nb', bytesOf(hexOf('c-variant-ambiguity')))).toBe(profile)
  })

  test('is none where the header is cut, and none of a Sigfox frame', () => {
    expect(profileOfDatagram('dragino-nb', bytesOf(hexOf('c-trunc-header')))).toBe(null)
    expect(profileOfDatagram('sigfox-data', bytesOf('46800000009f00000002'))).toBe(null)
  })

  test('is the one there is of the Adeunis envelope', () => {
    expect(profileOfDatagram('adeunis-nbiot', new Uint8Array())).toBe('adeunis-pulse-nbiot')
  })
})
