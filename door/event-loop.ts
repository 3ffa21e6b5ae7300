import { monitorEventLoopDelay } from 'node:perf_hooks'

const resolutionMs = 20

/** How long the event loop has stood still since it was last asked to forget, by share of the time (0 to 1). */
export const watchEventLoop = () => {
  const ticks = monitorEventLoopDelay({ resolution: resolutionMs })
  ticks.enable()
  return {
    /** What is measured is the time between two ticks: the tick itself is no delay. */
    delaySeconds: (share: number): number =>
      ticks.count === 0 ? 0 : Math.max(0, ticks.percentile(share * 100) / 1e9 - resolutionMs / 1000),
    forget: () => ticks.reset(),
  }
}
