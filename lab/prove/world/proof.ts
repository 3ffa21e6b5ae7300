import type { World } from './world.ts'

export type Size = 'ci' | 'full'

/** What a proof may use. */
export interface Context {
  readonly world: World
  readonly size: Size
  readonly seed: number
  /** One line of progress. */
  readonly say: (line: string) => void
}

export interface Result {
  /** What was measured, in the order of telling. */
  readonly figures: Readonly<Record<string, number | string>>
  /** One sentence each for what should not be; none where the promise holds. */
  readonly faults: readonly string[]
}

/** A promise and how it is put to the test on a running system. */
export interface Proof {
  readonly id: string
  readonly promise: string
  readonly run: (context: Context) => Promise<Result>
}
