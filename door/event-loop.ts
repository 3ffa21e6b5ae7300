import { monitorEventLoopDelay } from 'node:perf_hooks'

const resolutionMs = 20

/** Measures how long the event loop stands still. */
export const watchEventLoop = () => {
  const ticks = monitorEventLoopDelay({ resolution: resolutionMs })
  ticks.enable()
  return {
    /**
     * The delay that this share of the ticks (0 to 1) stayed below since `forget`. The monitor measures from tick to tick,
     * so the tick itself is subtracted.
     */
    delaySeconds: (share: number): number =>
      ticks.count === 0 ? 0 : Math.max(0, ticks.percentile(share * 100) / 1e9 - resolutionMs / 1000),
    forget: () => ticks.reset(),
  }
}
