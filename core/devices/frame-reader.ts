/**
 * These read numbers out of a frame, big-endian unless the name says otherwise. Bytes beyond the end are 0, so decoders
 * check the length first. A DataView would throw there, and costs one object per frame.
 */
export const u8 = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0

export const u16 = (bytes: Uint8Array, at: number): number => (u8(bytes, at) << 8) | u8(bytes, at + 1)

export const u24 = (bytes: Uint8Array, at: number): number => (u16(bytes, at) << 8) | u8(bytes, at + 2)

export const u32 = (bytes: Uint8Array, at: number): number => ((u16(bytes, at) << 16) | u16(bytes, at + 2)) >>> 0

/** Low byte first: only the oldest devices send this. */
export const u16LittleEndian = (bytes: Uint8Array, at: number): number => (u8(bytes, at + 1) << 8) | u8(bytes, at)

export const u32LittleEndian = (bytes: Uint8Array, at: number): number =>
  ((u16LittleEndian(bytes, at + 2) << 16) | u16LittleEndian(bytes, at)) >>> 0

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower-case hex of the bytes from `from` to before `to`, with all leading zeros; of a BCD field, its digits. */
export const hexText = (bytes: Uint8Array, from: number, to: number): string => {
  let text = ''
  for (let at = from; at < to; at++) text += hexPairs[u8(bytes, at)]
  return text
}

/** Whether each byte from `from` to before `to` holds two decimal digits. */
export const holdsDigits = (bytes: Uint8Array, from: number, to: number): boolean => {
  for (let at = from; at < to; at++) {
    const byte = u8(bytes, at)
    if (byte > 0x99 || (byte & 0x0f) > 9) return false
  }
  return true
}

/** The characters of a text field of fixed length, without the NULs that fill it up. */
export const paddedText = (bytes: Uint8Array, from: number, to: number): string => {
  let text = ''
  for (let at = from; at < to && u8(bytes, at) !== 0; at++) text += String.fromCharCode(u8(bytes, at))
  return text
}
