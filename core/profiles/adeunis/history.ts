import { u8, u16, u32 } from '../frame-reader.ts'
import { event, eventsOf, type FrameDecoder, measured } from './frame.ts'

/**
 * 0x48 (v1, v2): a day or an hour of samples over several frames. Frame 0 has the indexes, the others (and frame 0 of
 * LoRaWAN) pairs of deltas; what they add up to takes all frames of the series.
 */
export const decodeHistory: FrameDecoder = ({ bytes, status }) => {
  const frameIndex = u8(bytes, 2)
  const pairsAt = frameIndex === 0 ? 11 : 3
  const pairBytes = bytes.length - pairsAt
  if (pairBytes < 0 || pairBytes % 4 !== 0 || (frameIndex > 0 && pairBytes === 0)) return 'short_frame'
  const indexA = frameIndex === 0 ? u32(bytes, 3) : null
  const indexB = frameIndex === 0 ? u32(bytes, 7) : null
  const deltasA: number[] = []
  const deltasB: number[] = []
  for (let at = pairsAt; at < bytes.length; at += 4) {
    deltasA.push(u16(bytes, at))
    deltasB.push(u16(bytes, at + 2))
  }
  const baseTime = pairBytes === 0 ? null : baseTimeOf(frameIndex, bytes.length)
  return {
    fields: { frameCode: 0x48, status, frameIndex, indexA, indexB, baseTime, deltasA, deltasB },
    indexes: indexA === null || indexB === null ? [] : [measured('A', indexA, null), measured('B', indexB, null)],
    events: frameIndex === 0 ? eventsOf(status) : eventsOf(status, event('history_fragment', '', frameIndex)),
  }
}

/**
 * Which sample a frame's first delta belongs to. Manual and vendor code disagree by one towards the end of the day, and
 * a long (LoRaWAN) frame depends on the lengths before it: trust the order of the frames, not this label.
 */
const baseTimeOf = (frameIndex: number, frameBytes: number): number | null => {
  if (frameIndex === 0) return 1
  return frameBytes <= 12 ? 2 * frameIndex - 1 : null
}
