/**
 * What is done to a call at the very point where it passes. `before`: the other side has not seen it yet. `after`: the
 * other side has accepted it, and the caller does not know.
 */
export type Fault =
  | { readonly at: 'before' | 'after'; readonly do: 'wait'; readonly until: Promise<unknown> }
  /** The connection is cut. */
  | { readonly at: 'before' | 'after'; readonly do: 'cut' }
  /** The caller is told that it failed; `after`, that is a lie. */
  | { readonly at: 'before' | 'after'; readonly do: 'error' }
  /** The caller gets a SIGKILL. */
  | { readonly at: 'before' | 'after'; readonly do: 'kill' }

/** Entries of a bus call that fail alone, by their place in it; the others reach the bus. */
export interface PartialFailure {
  readonly do: 'partial'
  readonly fails: (place: number) => boolean
}
