import type { NbiotProfile } from './plan.ts'

/** One sample of a meter, as a datagram tells of it. */
export interface Sample {
  readonly seconds: number
  readonly index: number
}

const hex8 = (value: number) => (value + 0x1_0000_0000).toString(16).slice(1)
const hex2 = (value: number) => (value + 0x100).toString(16).slice(1)

/** An Adeunis Pulse frame 0x46 in hex: the indexes of two channels. */
export const sigfoxFrame = (n: number, a: number, b: number): string => `46${hex2((n & 7) << 5)}${hex8(a)}${hex8(b)}`

/** A frame of a code that no version has: it is kept, and nothing can be read in it. */
export const unreadableFrame = (n: number): string => `7f${hex2(n & 0xff)}0000`

const sw3l = Buffer.from('0a640cf11d0100000001c2', 'hex')
const cpn01 = Buffer.from('07640cf11d01000000', 'hex')
const imsi = Buffer.from('f460240102030405', 'hex')
const adeunisEpochSeconds = 1_356_998_400
const signalQuality = 0x17
const timestampPresent = 0x04

/** Fifteen digits of an IMEI as four bits each, behind a first digit. */
const writeImei = (target: Buffer, first: number, block: number, device: number) => {
  target[0] = (first << 4) | 8
  target[1] = 0x60
  target[2] = Math.floor(block / 100) % 10
  target[3] = (Math.floor((block % 100) / 10) << 4) | (block % 10)
  let rest = device
  for (let at = 7; at > 3; at--) {
    const pair = rest % 100
    target[at] = (Math.floor(pair / 10) << 4) | (pair % 10)
    rest = Math.floor(rest / 100)
  }
}

export const imeiOf = (profile: NbiotProfile, block: number, device: number): string =>
  `${profile === 'adeunis-pulse-nbiot' ? '0' : ''}8600${String(block).padStart(3, '0')}${String(device).padStart(8, '0')}`

const writeSw3l = (target: Buffer, samples: readonly Sample[]): number => {
  imsi.copy(target, 8)
  let at = 16 + sw3l.copy(target, 16)
  for (const { index, seconds } of samples) {
    at = target.writeUInt32BE(index, at)
    at = target.writeUInt32BE(seconds, at)
  }
  return at
}

const writeCpn01 = (target: Buffer, samples: readonly Sample[]): number => {
  imsi.copy(target, 8)
  let at = 16 + cpn01.copy(target, 16)
  for (const [i, { index, seconds }] of samples.entries()) {
    // before the counts of the history stands the state of the contact, before the newest the alarm's four bytes
    if (i > 0) target[at++] = 0
    at = target.writeUIntBE(index, at, 3)
    at = target.writeUIntBE(0, at, 3)
    at = target.writeUInt32BE(seconds, at)
  }
  return at
}

const writeAdeunis = (target: Buffer, n: number, [a, b]: readonly Sample[]): number => {
  target[8] = signalQuality
  target.writeUInt32BE(n, 9)
  target[13] = 0x46
  target[14] = ((n & 7) << 5) | timestampPresent
  target.writeUInt32BE(a?.index ?? 0, 15)
  target.writeUInt32BE(b?.index ?? 0, 19)
  return target.writeUInt32BE((a?.seconds ?? 0) - adeunisEpochSeconds, 23)
}

/**
 * Writes a datagram and answers its length.
 * @param samples newest first; of an Adeunis device those of its two channels
 */
export const writeDatagram = (
  target: Buffer,
  profile: NbiotProfile,
  block: number,
  device: number,
  n: number,
  samples: readonly Sample[],
): number => {
  writeImei(target, profile === 'adeunis-pulse-nbiot' ? 0 : 0xf, block, device)
  if (profile === 'adeunis-pulse-nbiot') return writeAdeunis(target, n, samples)
  return profile === 'dragino-sw3l-nb' ? writeSw3l(target, samples) : writeCpn01(target, samples)
}
