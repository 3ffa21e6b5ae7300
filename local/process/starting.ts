import type { Shutdown } from './shutdown.ts'

/** The local run cannot start. One sentence says why and what to change; it is printed without a stack. */
export class StartFault extends Error {
  override name = 'StartFault'
}

/** What each part of a start reports to. */
export interface Starting {
  readonly report: (line: string) => void
  /** Gets every step to undo, so that a start that fails or is interrupted can be undone too. */
  readonly shutdown: Shutdown
}
