import { log } from '../adapters/process/log.ts'
import type { Held } from './batcher.ts'

/** Null while healthy; otherwise since when it is not, and why. */
export type Ailment = { readonly sinceMs: number; readonly reason: string } | null

// Longer than a slow publish with its first retries, shorter than the two or three checks of a load balancer.
const silentBusMs = 5000
// The marks lie apart, so that a queue that hovers around one of them does not make the load balancer flip.
const highMark = 0.8
const lowMark = 0.5

/**
 * Whether this gateway can publish. It becomes unhealthy when the bus has been silent for too long or the queue is nearly
 * full. It recovers only when the bus has confirmed something since then and the queue is well below its limit.
 * @param queueLimitBytes the most that may be queued
 */
export const judgeHealth = (
  before: Ailment,
  held: Omit<Held, 'items'>,
  queueLimitBytes: number,
  nowMs: number,
): Ailment => {
  const { bytes, owedSinceMs, confirmedAtMs } = held
  const ill = (reason: string): Ailment => ({ sinceMs: before?.sinceMs ?? nowMs, reason })
  if (owedSinceMs !== null && nowMs - owedSinceMs >= silentBusMs) {
    return ill(`the bus has confirmed nothing for ${Math.floor((nowMs - owedSinceMs) / 1000)} s`)
  }
  if (bytes > highMark * queueLimitBytes) return ill(`the queue holds ${bytes} of ${queueLimitBytes} bytes`)
  if (before === null) return null
  if (bytes > lowMark * queueLimitBytes) return ill('the queue is not yet below its low mark')
  if (confirmedAtMs === null || confirmedAtMs < before.sinceMs) return ill('the bus has confirmed nothing since')
  return null
}

/** Judges health when asked, and logs when the answer changes. */
export const createHealth = (judge: (before: Ailment) => Ailment) => {
  let ailment: Ailment = null
  let leaving = false
  return {
    /** From now on it is unhealthy, whatever the judgement. */
    leave: () => {
      leaving = true
    },
    /** Null while healthy, otherwise why not. */
    ailment: (): string | null => {
      const before = ailment
      ailment = judge(before)
      if (before === null && ailment !== null) log.warn('unhealthy', { reason: ailment.reason })
      if (before !== null && ailment === null) log.info('healthy again')
      return leaving ? 'leaving' : (ailment?.reason ?? null)
    },
  }
}
