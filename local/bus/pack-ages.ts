/** How old packs get until a function has dealt with them, from when the bus took them. */
export interface PackAges {
  /** From now on a function has packs, the oldest of them of this instant; it ends when the answer is called. */
  readonly hold: (oldestMs: number) => () => void
  /**
   * The greatest age in milliseconds that a pack with a function had in the last second; 0 where there was none.
   * Neither bus tells how old what waits is: it is younger, as far as the bus keeps the order.
   */
  readonly oldestMs: () => number
}

const rememberedMs = 1_000

export const createPackAges = (nowMs: () => number = Date.now): PackAges => {
  const held = new Set<{ readonly oldestMs: number }>()
  let ended: { readonly atMs: number; readonly ageMs: number }[] = []
  return {
    hold: (oldestMs) => {
      const batch = { oldestMs }
      held.add(batch)
      return () => {
        held.delete(batch)
        const atMs = nowMs()
        ended = ended.filter((one) => one.atMs > atMs - rememberedMs)
        ended.push({ atMs, ageMs: atMs - oldestMs })
      }
    },
    oldestMs: () => {
      const now = nowMs()
      const recent = ended.filter(({ atMs }) => atMs > now - rememberedMs).map(({ ageMs }) => ageMs)
      return Math.max(0, ...recent, ...[...held].map(({ oldestMs }) => now - oldestMs))
    },
  }
}
