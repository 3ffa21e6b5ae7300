import type { World } from './world.ts'

export type Size = 'ci' | 'full'

/** What a proof has to work with. */
export interface Context {
  readonly world: World
  readonly size: Size
  readonly seed: number
  /** Prints a line of progress. */
  readonly say: (line: string) => void
}

export interface Result {
  /** What was measured, in the order of the report. */
  readonly figures: Readonly<Record<string, number | string>>
  /** One sentence for each fault. None where the promise holds. */
  readonly faults: readonly string[]
}

/** A promise, and how it is tested on a running system. */
export interface Proof {
  readonly id: string
  readonly promise: string
  readonly run: (context: Context) => Promise<Result>
}
