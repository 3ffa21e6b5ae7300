const barCells = 30

const duration = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

export interface Progress {
  /** @param share of the work that is done, 0 to 1 @param words what is done so far */
  readonly show: (share: number, words: string) => void
  /** Removes the bar. */
  readonly end: () => void
}

/** A progress bar on a terminal. If the stream is not a terminal, it prints nothing. */
export const progressBar = (stream: NodeJS.WriteStream = process.stderr, now: () => number = Date.now): Progress => {
  const startMs = now()
  let lastMs = Number.NEGATIVE_INFINITY
  let firstShare: number | null = null
  if (!stream.isTTY) return { show: () => {}, end: () => {} }
  return {
    show: (share, words) => {
      // work that was interrupted does not begin at 0
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
