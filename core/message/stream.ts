import type { Outcome } from './outcome.ts'

/** A topic of the bus. `publish` answers one outcome per item, in order; `done` means that the bus has confirmed. */
export interface Stream<T> {
  readonly publish: (batch: readonly T[]) => Promise<Outcome[]>
}
