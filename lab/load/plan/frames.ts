import type { NbiotProfile } from './plan.ts'

/** One sample in a datagram. */
export interface Sample {
  readonly seconds: number
  readonly index: number
}

const sw3l = Buffer.from('0a640cf11d0100000001c2', 'hex')
const cpn01 = Buffer.from('07640cf11d01000000', 'hex')
const cpl03 = Buffer.from('01640e041935', 'hex')
const imsi = Buffer.from('f460240102030405', 'hex')
const elkoHeartbeat = Buffer.from('020100', 'hex')
const adeunisEpochSeconds = 1_356_998_400
const signalQuality = 0x17
const timestampPresent = 0x04

/** Writes a first digit and the fifteen digits of an IMEI, four bits each. */
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

/** @param head everything before the newest count. In the history a byte with the contact's state precedes each count. */
const writeContact = (target: Buffer, head: Buffer, state: number, samples: readonly Sample[]): number => {
  imsi.copy(target, 8)
  let at = 16 + head.copy(target, 16)
  for (const [i, { index, seconds }] of samples.entries()) {
    if (i > 0) target[at++] = state
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

/** Position of the counter in an ELKO datagram, in hex digits. */
const elkoCounterAt = [36, 44] as const

const writeElko = (target: Buffer, imei: string, [newest]: readonly Sample[]): number => {
  const at = target.write(imei, 'latin1')
  return target.writeUInt32BE(newest?.index ?? 0, at + elkoHeartbeat.copy(target, at))
}

/** The counter in an ELKO datagram. */
export const elkoCounter = (datagramHex: string): number => Number.parseInt(datagramHex.slice(...elkoCounterAt), 16)

/**
 * Writes a datagram and returns its length.
 * @param samples newest first. For an Adeunis device: one of each channel.
 */
export const writeDatagram = (
  target: Buffer,
  profile: NbiotProfile,
  block: number,
  device: number,
  n: number,
  samples: readonly Sample[],
): number => {
  if (profile === 'elko-airtm-nb') return writeElko(target, imeiOf(profile, block, device), samples)
  writeImei(target, profile === 'adeunis-pulse-nbiot' ? 0 : 0xf, block, device)
  switch (profile) {
    case 'adeunis-pulse-nbiot':
      return writeAdeunis(target, n, samples)
    case 'dragino-sw3l-nb':
      return writeSw3l(target, samples)
    case 'dragino-cpn01-nb':
      return writeContact(target, cpn01, 0, samples)
    case 'dragino-cpl03-nb':
      return writeContact(target, cpl03, 0x10, samples)
  }
}
