import { profiles } from '../../../core/devices/index.ts'
import { type DecodedFrame, indexesToldBy } from '../../../core/devices/profile.ts'
import type { RejectReason } from '../../../core/message/rejects.ts'

export const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number(`0x${pair}`))

/** A decoded frame with its fields made, and among its indexes those of its runs. */
export type Decoded = Omit<DecodedFrame, 'fields'> & { readonly fields: ReturnType<DecodedFrame['fields']> }

/** What a profile makes of a frame: decoded, or the reason why not. */
export const decode = (
  profile: string,
  frame: string | Uint8Array,
  samplePeriodSeconds: number | null = null,
): Decoded | RejectReason => {
  const found = profiles.get(profile)
  if (found === undefined) throw new Error(`no profile is named ${profile}`)
  const outcome = found.decode(typeof frame === 'string' ? bytesOf(frame) : frame, { samplePeriodSeconds })
  return typeof outcome === 'string'
    ? outcome
    : { ...outcome, fields: outcome.fields(), indexes: indexesToldBy(outcome) }
}

/** A frame that must decode. */
export const decoded = (profile: string, hex: string, samplePeriodSeconds: number | null = null): Decoded => {
  const frame = decode(profile, hex, samplePeriodSeconds)
  if (typeof frame === 'string') throw new Error(`${profile} refuses ${hex}: ${frame}`)
  return frame
}
