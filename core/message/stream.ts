import type { Outcome } from './outcome.ts'

/** A topic of the bus. */
export interface Stream<T> {
  /**
   * Publishes a batch. `settle` is called exactly once for each item, as soon as its outcome is known: `done` when the bus
   * has confirmed the item, `retry` when it was given up. No item is left without an outcome.
   * @returns what `settle` returned for each item, in order
   */
  readonly publish: <R>(batch: readonly T[], settle: (item: T, outcome: Outcome) => R) => Promise<R[]>
}
