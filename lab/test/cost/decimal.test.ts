import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimal, fixed, over, plain, roundUp, sum, times } from '../../cost/model/decimal.ts'

test('a tenth three times is exactly three tenths', () => {
  expect(sum([decimal('0.1'), decimal('0.1'), decimal('0.1')])).toBe(decimal('0.3'))
})

test('2.6 billion messages at 0.4 millionths are exact to the last digit', () => {
  expect(plain(times(decimal(2_628_000_000), decimal('4e-7')))).toBe('1,051.2')
})

test('halves are rounded away from zero, also below it', () => {
  expect(fixed(decimal('0.125'), 2)).toBe('0.13')
  expect(fixed(decimal('-0.125'), 2)).toBe('-0.13')
  expect(fixed(decimal('1234567.5'), 0)).toBe('1,234,568')
})

test('dividing and multiplying again gives the number back within its 18 digits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e12 }), fc.integer({ min: 1, max: 1e6 }), (a, b) => {
      const again = times(over(decimal(a), decimal(b)), decimal(b))
      expect(fixed(again, 6)).toBe(fixed(decimal(a), 6))
    }),
  )
})

test('rounding up leaves whole numbers alone', () => {
  expect(roundUp(decimal(3))).toBe(decimal(3))
  expect(roundUp(decimal('3.000000000000000001'))).toBe(decimal(4))
})

test('anything but a decimal number is refused', () => {
  for (const text of ['', '1,5', 'NaN', '1e', '--1', '0x10']) expect(() => decimal(text)).toThrow(TypeError)
})
