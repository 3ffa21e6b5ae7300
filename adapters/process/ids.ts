import { hash } from 'node:crypto'
import type { Digest } from '../../core/message/identity.ts'

/** SHA-256 as hex in one call: 1 to 2 µs a message, half of what `createHash` takes. */
export const sha256: Digest = (input) => hash('sha256', input, 'hex')

const dash = 45

/** The value of a hexadecimal digit by its character code; 255 for all other characters. */
const digitOf = new Uint8Array(256).fill(255)
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16)
  for (const code of [digit, digit.toUpperCase()]) digitOf[code.charCodeAt(0)] = value
}

/**
 * Writes the 16 bytes of a UUID at `at`; its text may have dashes anywhere. Digit by digit it takes 0.1 µs; cutting out the
 * dashes for `Buffer.write` takes 0.5.
 * @throws RangeError if the text is not a UUID
 */
export const writeUuid = (bytes: Uint8Array, at: number, text: string): void => {
  let digits = 0
  let byte = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === dash) continue
    const digit = digitOf[code] ?? 255
    if (digit > 15 || digits === 32) throw new RangeError(`${text} is no UUID`)
    byte = (byte << 4) | digit
    if (digits++ % 2 === 1) bytes[at + (digits >> 1) - 1] = byte & 0xff
  }
  if (digits !== 32) throw new RangeError(`${text} is no UUID`)
}

const dashed = Buffer.from('00000000-0000-0000-0000-000000000000')
const digitPlaces = [...dashed.keys()].filter((place) => dashed[place] !== dash)
const digitCodes = Buffer.from('0123456789abcdef')

/** The text of the UUID in the 16 bytes at `at`: one flat text, because V8 compares a text joined from parts slowly. */
export const readUuid = (bytes: Uint8Array, at: number): string => {
  for (let digit = 0; digit < 32; digit++) {
    const byte = bytes[at + (digit >> 1)] as number
    dashed[digitPlaces[digit] as number] = digitCodes[digit % 2 === 0 ? byte >> 4 : byte & 15] as number
  }
  return dashed.toString('latin1')
}
