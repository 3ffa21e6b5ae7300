/**
 * Lets `perSecond` things pass each second, and after a quiet second as many at once.
 * @returns a function that takes the time in milliseconds and says whether one more may pass
 */
export const createTokenBucket = (perSecond: number): ((nowMs: number) => boolean) => {
  let tokens = perSecond
  let filledAtMs = 0
  return (nowMs) => {
    // after the wall clock was set back nothing is added, and nothing is taken away
    const gained = (Math.max(0, nowMs - filledAtMs) / 1000) * perSecond
    tokens = Math.min(perSecond, tokens + gained)
    filledAtMs = nowMs
    if (tokens < 1) return false
    tokens--
    return true
  }
}
