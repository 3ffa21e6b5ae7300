import { setTimeout as pause } from 'node:timers/promises'
import { log } from '../adapters/process/log.ts'

/** A gateway ends in two steps. */
export interface Leaving {
  /** Tells the load balancer to send no more. What still comes is taken in. */
  readonly leave: () => void
  /** Takes in no more, and publishes what is held. Answers how many items are lost after `withinMs`. */
  readonly stop: (withinMs: number) => Promise<number>
}

// Together with the longest drain this stays below the 120 s after which Fargate kills.
const finishMs = 10_000

/**
 * At SIGTERM or SIGINT: tells the load balancer, goes on taking in for `drainSeconds` (the balancer keeps sending for about
 * two minutes), publishes what is held, and exits with 0 if nothing is lost, else with 1. A second signal ends the drain at
 * once.
 */
export const exitOnSignal = (gateway: Leaving, drainSeconds: number): void => {
  const hurry = new AbortController()
  let leaving = false

  const exit = async (signal: string) => {
    gateway.leave()
    log.info('leaving', { signal, drainSeconds })
    await pause(drainSeconds * 1000, undefined, { signal: hurry.signal }).catch(() => undefined)
    const left = await gateway.stop(finishMs)
    if (left > 0) log.error('the bus did not take everything before the end', { itemsLost: left, finishMs })
    process.exit(left > 0 ? 1 : 0)
  }

  const onSignal = (signal: string) => {
    if (leaving) hurry.abort()
    else {
      leaving = true
      void exit(signal)
    }
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
