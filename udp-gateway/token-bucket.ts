/**
 * Lets `perSecond` things through each second, and as many at once after a quiet second.
 * @returns a function that takes the time in milliseconds and says whether one more may pass
 */
export const createTokenBucket = (perSecond: number): ((nowMs: number) => boolean) => {
  let tokens = perSecond
  let filledAtMs = 0
  return (nowMs) => {
    // the wall clock may be set back: then nothing is added, and nothing is taken away
    const gained = (Math.max(0, nowMs - filledAtMs) / 1000) * perSecond
    tokens = Math.min(perSecond, tokens + gained)
    filledAtMs = nowMs
    if (tokens < 1) return false
    tokens--
    return true
  }
}
