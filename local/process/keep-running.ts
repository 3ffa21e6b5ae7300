import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from './child.ts'

export interface Kept<T> {
  readonly current: () => T
  readonly stop: () => Promise<void>
}

const longestPauseMs = 5_000

/**
 * Starts a process, and starts it again whenever it ends unasked, as the platform would.
 * Throws when the first start fails. Later failures are reported and tried again.
 */
export const keepRunning = async <T extends Running>(
  name: string,
  launch: () => Promise<T>,
  report: (line: string) => void,
): Promise<Kept<T>> => {
  let current = await launch()
  const stopping = new AbortController()

  const watch = async () => {
    for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const startedAt = Date.now()
      await current.exited
      if (stopping.signal.aborted) return
      if (Date.now() - startedAt > 2 * longestPauseMs) pauseMs = 100
      report(`${name} ended unasked and is started again`)
      await sleep(pauseMs, null, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return
      try {
        current = await launch()
      } catch (error) {
        report(`${name} does not start: ${(error as Error).message}`)
      }
    }
  }
  const watched = watch()

  const stop = async () => {
    stopping.abort()
    await current.stop()
    await watched
    await current.stop()
  }
  return { current: () => current, stop }
}
