import { readDatagram } from '../../core/devices/datagram.ts'
import { profiles } from '../../core/devices/index.ts'
import type { DecodeContext, Profile } from '../../core/devices/profile.ts'

const longestSigfoxBytes = 12

/**
 * The profiles that decode a frame of unknown origin. Only those of its envelope count, and that is the one that the
 * door finds: the digits of a datagram can look like those of another envelope.
 */
export const profilesFor = (frame: Uint8Array, context: DecodeContext): Profile[] => {
  const item = readDatagram(frame, 0)
  const mayBeSigfox = frame.length <= longestSigfoxBytes || item.kind === 'reject'
  return [...profiles.values()].filter(
    (profile) =>
      (profile.uplinkKind === 'sigfox-data' ? mayBeSigfox : profile.uplinkKind === item.kind) &&
      typeof profile.decode(frame, context) !== 'string',
  )
}
