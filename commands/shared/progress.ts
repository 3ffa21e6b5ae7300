const barCells = 30

const duration = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

export interface Progress {
  /** @param share 0 to 1 of the whole @param words what is done so far */
  readonly show: (share: number, words: string) => void
  /** Removes the bar. */
  readonly end: () => void
}

/** A bar on a terminal; silence where nobody looks. */
export const progressBar = (stream: NodeJS.WriteStream = process.stderr, now: () => number = Date.now): Progress => {
  const startMs = now()
  let lastMs = Number.NEGATIVE_INFINITY
  let firstShare: number | null = null
  if (!stream.isTTY) return { show: () => {}, end: () => {} }
  return {
    show: (share, words) => {
      // of a work that goes on, a part was done before
      firstShare ??= share
      const done = share - firstShare
      if (now() - lastMs < 100) return
      lastMs = now()
      const cells = Math.round(Math.min(share, 1) * barCells)
      const bar = '█'.repeat(cells) + '░'.repeat(barCells - cells)
      const left = done > 0.02 ? `, ${duration(((now() - startMs) * (1 - share)) / done)} left` : ''
      stream.write(`\r\x1b[K${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${words}${left}`)
    },
    end: () => void stream.write('\r\x1b[K'),
  }
}
