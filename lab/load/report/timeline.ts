import type { LoadResult, Sample } from '../result/result.ts'

/** The system between two moments: rates a second, the most that waited, and the oldest pack. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly sent: number
  readonly accepted: number
  readonly stored: number
  readonly readings: number
  /** Accepted, but not stored yet. */
  readonly backlog: number
  readonly waitingPacks: number | null
  readonly oldestRawMs: number | null
  readonly oldestPulseMs: number | null
}

/** More spans than this would be too narrow to see. */
const mostSpans = 400

const origin: Sample = {
  second: 0,
  sent: 0,
  accepted: 0,
  stored: 0,
  readings: 0,
  waitingPacks: null,
  oldestPackMs: null,
}

const spanOf = (before: Sample, samples: readonly Sample[]): Span[] => {
  const last = samples.at(-1)
  if (!last) return []
  const seconds = last.second - before.second
  const rate = (total: 'sent' | 'accepted' | 'stored' | 'readings') =>
    Math.max(0, (last[total] - before[total]) / seconds)
  const most = (read: (sample: Sample) => number | null | undefined) => {
    const known = samples.flatMap((sample) => read(sample) ?? [])
    return known.length === 0 ? null : Math.max(...known)
  }
  return [
    {
      from: before.second,
      to: last.second,
      sent: rate('sent'),
      accepted: rate('accepted'),
      stored: rate('stored'),
      readings: rate('readings'),
      backlog: Math.max(0, ...samples.map(({ accepted, stored }) => accepted - stored)),
      waitingPacks: most(({ waitingPacks }) => waitingPacks),
      oldestRawMs: most(({ oldestPackMs }) => oldestPackMs?.raw),
      oldestPulseMs: most(({ oldestPackMs }) => oldestPackMs?.pulse),
    },
  ]
}

/** The timeline in at most 400 spans. A span of several seconds has their mean rates and their highest backlog. */
export const spansOf = (timeline: readonly Sample[]): Span[] => {
  const samples = timeline.filter(({ second }, i) => second > (timeline[i - 1]?.second ?? 0))
  const size = Math.max(1, Math.ceil(samples.length / mostSpans))
  const groups = Array.from({ length: Math.ceil(samples.length / size) }, (_, i) =>
    samples.slice(i * size, (i + 1) * size),
  )
  const begin = timeline[0]?.second === 0 ? timeline[0] : origin
  return groups.flatMap((group, i) => spanOf(groups[i - 1]?.at(-1) ?? begin, group))
}

/** The length of the time axis in seconds. It covers all samples and faults. */
export const secondsOf = ({ timeline, faults }: LoadResult): number =>
  Math.max(1, timeline.at(-1)?.second ?? 0, ...faults.map(({ atSecond, lastedSeconds }) => atSecond + lastedSeconds))
