/**
 * Which device sends the n-th message of a period. Each sends one, and as in a real fleet, ids of messages close in time
 * are far apart.
 */
export interface Turns {
  readonly deviceAt: (turn: number) => number
  readonly turnOf: (device: number) => number
}

const goldenPart = 0.6180339887

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))

/** The inverse of `a` modulo `m`, which must share no divisor. */
const inverse = (a: number, m: number): number => {
  let [r0, r1, x0, x1] = [m, a % m, 0, 1]
  while (r1 > 0) {
    const quotient = Math.floor(r0 / r1)
    ;[r0, r1, x0, x1] = [r1, r0 - quotient * r1, x1, x0 - quotient * x1]
  }
  return ((x0 % m) + m) % m
}

/** @param devices at most 90 million, so that the product of two of them is exact */
export const turnsOf = (devices: number): Turns => {
  let stride = Math.max(1, Math.floor(devices * goldenPart))
  while (greatestCommonDivisor(stride, devices) !== 1) stride++
  const back = inverse(stride, devices)
  return {
    deviceAt: (turn) => (turn * stride) % devices,
    turnOf: (device) => (device * back) % devices,
  }
}
