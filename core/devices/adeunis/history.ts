import { u8, u16, u32 } from '../frame-reader.ts'
import type { HistoryPlan } from '../profile.ts'
import { longestSeriesSeconds } from '../profile.ts'
import { event, eventsOf, type FrameDecoder } from './frame.ts'

/** Register S321: samples every ten minutes, sent hourly in four frames; or every hour, sent daily in thirteen. */
const tenMinutes: HistoryPlan = { samples: 6, periodSeconds: 600, withinSeconds: 3_000 }
const hourly: HistoryPlan = { samples: 24, periodSeconds: 3_600, withinSeconds: longestSeriesSeconds }

const channels = ['A', 'B'] as const

/**
 * 0x48 (v1, v2): an hour or a day of samples over several frames. Frame 0 has the indexes at the first sample. The
 * others (and frame 0 of LoRaWAN) have pairs of deltas, sample by sample, up to the moment when frame 0 was sent.
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
    fields: () => ({ frameCode: 0x48, status, frameIndex, indexA, indexB, baseTime, deltasA, deltasB }),
    indexes: [],
    events: eventsOf(status, event('history_fragment', '', frameIndex)),
    history: {
      part: frameIndex,
      channels,
      indexes: indexA === null || indexB === null ? [] : [indexA, indexB],
      deltas: deltasA.map((delta, k) => [delta, deltasB[k] ?? 0]),
      plan: planOf(frameIndex, deltasA.length),
    },
  }
}

/** Of four frames, the last has one sample left. Of thirteen, the fourth has two, and nine frames follow. */
const planOf = (frameIndex: number, samples: number): HistoryPlan | null => {
  if (frameIndex < 3 || frameIndex > 12) return null
  return frameIndex === 3 && samples === 1 ? tenMinutes : hourly
}

/**
 * The sample that a frame's first delta belongs to. Manual and vendor code disagree by one towards the end of the day,
 * and for a long (LoRaWAN) frame it depends on the lengths before it. Trust the order of the frames, not this label.
 */
const baseTimeOf = (frameIndex: number, frameBytes: number): number | null => {
  if (frameIndex === 0) return 1
  return frameBytes <= 12 ? 2 * frameIndex - 1 : null
}
