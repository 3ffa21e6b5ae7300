import { profiles } from '../../../core/devices/index.ts'
import type { DecodedFrame } from '../../../core/devices/profile.ts'

export const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number(`0x${pair}`))

/** What a profile makes of a frame: decoded, or the reason why not. */
export const decode = (profile: string, frame: string | Uint8Array, samplePeriodSeconds: number | null = null) => {
  const found = profiles.get(profile)
  if (found === undefined) throw new Error(`no profile is named ${profile}`)
  return found.decode(typeof frame === 'string' ? bytesOf(frame) : frame, { samplePeriodSeconds })
}

/** A frame that must decode. */
export const decoded = (profile: string, hex: string, samplePeriodSeconds: number | null = null): DecodedFrame => {
  const frame = decode(profile, hex, samplePeriodSeconds)
  if (typeof frame === 'string') throw new Error(`${profile} refuses ${hex}: ${frame}`)
  return frame
}
