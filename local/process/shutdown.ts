import { setTimeout as sleep } from 'node:timers/promises'

/** Stops what has been started, in reverse order: the doors first. */
export interface Shutdown {
  /** `words` announce the step; null prints nothing. The next step follows after `limitMs` at the latest. */
  readonly add: (words: string | null, limitMs: number, stop: () => Promise<void> | void) => void
  /** Runs all steps once. Later calls wait for the same end. Never throws. */
  readonly run: () => Promise<void>
}

export const createShutdown = (report: (line: string) => void): Shutdown => {
  const steps: { words: string | null; limitMs: number; stop: () => Promise<void> | void }[] = []
  let ended: Promise<void> | null = null

  const runStep = async ({ words, limitMs, stop }: (typeof steps)[number]) => {
    if (words) report(words)
    const patience = new AbortController()
    const limit = sleep(limitMs, null, { signal: patience.signal }).then(
      () => report(`${words}: not done after ${limitMs / 1000} s, going on`),
      () => undefined,
    )
    try {
      await Promise.race([stop(), limit])
    } catch (error) {
      report(`${words}: ${(error as Error).message}`)
    }
    patience.abort()
  }

  const runAll = async () => {
    for (let step = steps.pop(); step; step = steps.pop()) await runStep(step)
  }
  return {
    add: (words, limitMs, stop) => void steps.push({ words, limitMs, stop }),
    run: () => {
      ended ??= runAll()
      return ended
    },
  }
}
