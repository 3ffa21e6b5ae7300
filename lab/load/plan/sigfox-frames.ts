const hex8 = (value: number) => (value + 0x1_0000_0000).toString(16).slice(1)
const hex4 = (value: number) => (value + 0x1_0000).toString(16).slice(1)
const hex2 = (value: number) => (value + 0x100).toString(16).slice(1)

/**
 * What a Sigfox device sends: the indexes of both channels, or of one channel with earlier samples; once a day a sign of
 * life; and sometimes a frame with an unknown code.
 */
export type SigfoxKind = 'both' | 'A' | 'B' | 'alive' | 'unreadable'

const status = (n: number) => hex2((n & 7) << 5)

/** An Adeunis Pulse frame 0x46: the indexes of two channels. */
const bothFrame = (n: number, [a = 0, b = 0]: readonly number[]) => `46${status(n)}${hex8(a)}${hex8(b)}`

/** Frame 0x5A or 0x5B: the newest index of a channel, and what to subtract for each earlier sample. */
const periodicFrame = (code: '5a' | '5b', n: number, samples: readonly number[]) => {
  const deltas = samples.slice(1).map((index, i) => hex4(((samples[i] ?? 0) - index) & 0xffff))
  return `${code}${status(n)}${hex8(samples[0] ?? 0)}${deltas.join('')}`
}

/** Frame 0x30: no alarm, and the day's largest and smallest flow on both channels, in pulses an hour. */
const aliveFrame = (n: number) => `30${status(n)}00${hex4(150)}${hex4(90)}${hex4(0)}${hex4(0)}`

/**
 * A frame in hex.
 * @param indexes one of each channel, or those of one channel with the newest first
 */
export const sigfoxFrame = (kind: SigfoxKind, n: number, indexes: readonly number[]): string => {
  switch (kind) {
    case 'both':
      return bothFrame(n, indexes)
    case 'A':
      return periodicFrame('5a', n, indexes)
    case 'B':
      return periodicFrame('5b', n, indexes)
    case 'alive':
      return aliveFrame(n)
    case 'unreadable':
      return `7f${hex2(n & 0xff)}0000`
  }
}
