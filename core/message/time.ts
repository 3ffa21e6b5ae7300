const dayMs = 86_400_000
const clockSetMs = Date.UTC(2015, 0, 1)
const oldestAgeMs = 400 * dayMs
const newestLeadMs = 5 * 60_000

/**
 * Where a time that a device claims may be used: `used` within [received - 400 days, received + 5 min]; `unset`
 * where there is none, or one from before 2015 (the receive time stands in for it); else `out_of_range`.
 */
export type TimeJudgement = 'used' | 'unset' | 'out_of_range'

export const judgeTime = (timeMs: number | null, receivedAtMs: number): TimeJudgement => {
  if (timeMs === null || timeMs < clockSetMs) return 'unset'
  const inRange = timeMs >= receivedAtMs - oldestAgeMs && timeMs <= receivedAtMs + newestLeadMs
  return inRange ? 'used' : 'out_of_range'
}
