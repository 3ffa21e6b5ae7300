/**
 * How long to wait after try number `attempt` (from 1): a random time below a limit that doubles up to the cap, so that
 * processes that failed together do not come back together.
 */
export const backoffMs = (attempt: number, { baseMs = 50, capMs = 2_000 } = {}): number =>
  Math.random() * Math.min(capMs, baseMs * 2 ** (attempt - 1))
