/** A decimal number with 18 digits after the point, held as an integer, so that sums are exact. */
export type Decimal = bigint

const digits = 18
const one = 10n ** BigInt(digits)
export const zero: Decimal = 0n

/** Reads `12`, `-0.5` or `1.33334e-5` exactly. @throws TypeError for anything else */
export const decimal = (value: string | number | bigint): Decimal => {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(String(value))
  if (!match) throw new TypeError(`"${value}" is not a decimal number.`)
  const [, sign, whole, fraction = '', exponent = '0'] = match
  const shift = digits - fraction.length + Number(exponent)
  const unscaled = BigInt(`${whole}${fraction}`)
  const size = shift >= 0 ? unscaled * 10n ** BigInt(shift) : unscaled / 10n ** BigInt(-shift)
  return sign ? -size : size
}

/** The quotient, rounded to the nearest integer, halves away from zero. */
const divide = (a: bigint, b: bigint) => {
  const half = (b < 0n ? -b : b) / 2n
  return a < 0n === b < 0n ? (a + (b < 0n ? -half : half)) / b : (a - (b < 0n ? -half : half)) / b
}

export const times = (...factors: Decimal[]): Decimal => factors.reduce((a, b) => divide(a * b, one))
export const over = (a: Decimal, b: Decimal): Decimal => divide(a * one, b)
export const sum = (all: readonly Decimal[]): Decimal => all.reduce((a, b) => a + b, zero)
export const most = (...all: Decimal[]): Decimal => all.reduce((a, b) => (a > b ? a : b))
export const least = (...all: Decimal[]): Decimal => all.reduce((a, b) => (a < b ? a : b))
export const roundUp = (a: Decimal): Decimal => (a % one > 0n ? a - (a % one) + one : a - (a % one))
export const roundDown = (a: Decimal): Decimal => a - (a % one)

/** With `places` digits after the point, halves rounded away from zero. `grouped` sets commas between thousands. */
export const fixed = (a: Decimal, places: number, grouped = true): string => {
  const rounded = divide(a, 10n ** BigInt(digits - places))
  const text = String(rounded < 0n ? -rounded : rounded).padStart(places + 1, '0')
  const whole = text.slice(0, text.length - places)
  const fraction = places > 0 ? `.${text.slice(-places)}` : ''
  return `${rounded < 0n ? '-' : ''}${grouped ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole}${fraction}`
}

/** All significant digits: `0.0000004`. */
export const plain = (a: Decimal): string => fixed(a, digits).replace(/\.?0+$/, '')

/** For drawing only. */
export const approximate = (a: Decimal): number => Number(a) / Number(one)
