import { describe, expect, test } from 'vitest'
import vectors from '../../../vectors/dragino.json' with { type: 'json' }
import { decoded } from '../decoding.ts'
import { hexOf, inOurTerms, type Stated } from './terms.ts'

const profile = 'dragino-sw3l-nb'
const ours = vectors.vectors.filter(({ id }) => id.startsWith('c-sw3l') || id === 'c-time-zero')

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
