import { describe, expect, test } from 'vitest'
import { decode, decoded } from './decoding.ts'

const v3 = 'adeunis-pulse@3'
const hour = 3600

describe('where the vendor decoder is known to be wrong, ours is right', () => {
  test('deltas are unsigned: an index only grows, so 60000 back from 65536 is 5536 (signed it would be 71072)', () => {
    expect(decoded(v3, '5a0000010000ea60', hour).indexes.map((i) => i.index)).toEqual([65536, 5536])
  })

  test('the time of a v4 frame is read as a time, not as two more samples (-5006 and 18569)', () => {
    const hex = '5a6700000127000100020003000414aba3e9'
    const { fields, indexes, events } = decoded('adeunis-pulse@4', hex, hour)
    expect(fields).toMatchObject({ counterValues: [295, 294, 292, 289, 285], deviceTimeSeconds: 1703791337 })
    expect(indexes.map((i) => i.index)).toEqual([295, 294, 292, 289, 285])
    expect(events.map((e) => e.kind)).toEqual(['low_battery'])
  })

  test('the same frame of a device registered as v3 reads as a hardware error, and leaves no invented reading', () => {
    const { indexes, events } = decoded(v3, '5a6700000127000100020003000414aba3e9', hour)
    expect(indexes.map((i) => i.index)).toEqual([295])
    expect(events.map((e) => e.kind)).toContain('hardware_error')
  })

  test('a frame cut short is a reject with its own reason, not a RangeError', () => {
    expect(decode(v3, '46800000009f0000')).toBe('short_frame')
    expect(decode('adeunis-pulse@4', '46040000009f00000002')).toBe('short_frame')
    expect(decode(v3, '128000050006')).toBe('short_frame')
    expect(decode(v3, '5a00000010000001ff')).toBe('short_frame')
  })

  test('the mode byte of 0x10 says whether it is test mode; byte 8, the low half of the flow period, does not', () => {
    const fields = { transmissionPeriodSeconds: 1800, flowPeriodSeconds: 120 }
    expect(decoded('adeunis-pulse@1', '102001039a01250002').fields).toMatchObject(fields)
  })

  test('the IMEI keeps its zeros at the head of each half', () => {
    const nbiot = '0086841100567541' + '0300000026' + '46000000009f00000002'
    expect(decoded('adeunis-pulse-nbiot', nbiot).fields.imei).toBe('0086841100567541')
  })

  test('the current SW3L reading is not overwritten by the oldest record, and keeps its own time', () => {
    const records = [1000, 900, 680].map((pulses, k) => u32(pulses) + u32(1_735_693_200 - k * 900)).join('')
    const { indexes } = decoded('dragino-sw3l-nb', `f8684110567541380a640cf11d0100000001c2${records}`)
    expect(indexes.map((i) => [i.index, i.timeSeconds])).toEqual([
      [1000, 1_735_693_200],
      [900, 1_735_692_300],
      [680, 1_735_691_400],
    ])
  })

  test('a K factor of 0 makes the litres unknown, not infinite', () => {
    const { fields, indexes } = decoded(
      'dragino-sw3l-nb',
      'f868411056754138f4602401020304050a640cf11d0100000000000000232867748580',
    )
    expect(fields.litres).toBe(null)
    expect(indexes.map((i) => i.index)).toEqual([9000])
  })
})

const u32 = (value: number) => value.toString(16).padStart(8, '0')
