import { u8, u32 } from '../frame-reader.ts'

/** The device counts seconds from 2013-01-01 UTC. */
const epochSeconds = 1_356_998_400
const timeBytes = 4

/** From v4 on, this bit of the status byte says that the frame has the device's time. */
export const timestampBit = 0x04

/**
 * Where the time stands in a v4 frame of this code whose status says that it has one; null for codes that never have
 * one (configuration, registers).
 */
const timeAt = (code: number, frameBytes: number): number | null => {
  switch (code) {
    case 0x30:
      return 11
    case 0x46:
      return 10
    case 0x47:
      return 6
    case 0x5a:
    case 0x5b:
      return Math.max(6, frameBytes - timeBytes)
    default:
      return null
  }
}

/** Where the fields of a v4 frame end and its time begins: its length where it has no time, null where it is cut. */
export const fieldsEnd = (bytes: Uint8Array, start: number): number | null => {
  const frameBytes = bytes.length - start
  const at = (u8(bytes, start + 1) & timestampBit) === 0 ? null : timeAt(u8(bytes, start), frameBytes)
  if (at === null) return frameBytes
  return at + timeBytes <= frameBytes ? at : null
}

/** The device's time in the v4 frame that begins at `start`, in seconds since 1970; null where it has none. */
export const deviceTimeSeconds = (bytes: Uint8Array, start: number): number | null => {
  const end = fieldsEnd(bytes, start)
  return end === null || end === bytes.length - start ? null : u32(bytes, start + end) + epochSeconds
}
