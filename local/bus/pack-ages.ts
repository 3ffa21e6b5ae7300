/** How old packs are, counted from when the bus took them, until a function has handled them. */
export interface PackAges {
  /** A function has packs from now on, the oldest sent at `oldestMs`, until the returned function is called. */
  readonly hold: (oldestMs: number) => () => void
  /**
   * The greatest age of a pack that was with a function in the last second, in milliseconds; 0 if there was none.
   * Neither bus tells the age of waiting packs. They are younger, as far as the bus keeps the order.
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
