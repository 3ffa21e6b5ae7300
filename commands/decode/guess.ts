import { readDatagram } from '../../core/devices/datagram.ts'
import { profiles } from '../../core/devices/index.ts'
import type { DecodeContext, Profile } from '../../core/devices/profile.ts'
import { factsOf } from '../../core/message/lane.ts'

const longestSigfoxBytes = 12

/**
 * The profiles that decode a frame of unknown origin. Only those of its envelope count, and that is the one that the
 * door finds: the digits of a datagram can look like those of another envelope.
 */
export const profilesFor = (frame: Uint8Array, context: DecodeContext): Profile[] => {
  const item = readDatagram(frame, 0)
  const mayBeFrame = frame.length <= longestSigfoxBytes || item.kind === 'reject'
  return [...profiles.values()].filter(
    (profile) =>
      (factsOf[profile.uplinkKind].payload === 'frame' ? mayBeFrame : profile.uplinkKind === item.kind) &&
      typeof profile.decode(frame, context) !== 'string',
  )
}
