/**
 * A fault that hits a call as it passes. `before`: the other side has not seen the call. `after`: the other side has
 * accepted it, and the caller does not know.
 */
export type Fault =
  | { readonly at: 'before' | 'after'; readonly do: 'wait'; readonly until: Promise<unknown> }
  /** The connection is cut. */
  | { readonly at: 'before' | 'after'; readonly do: 'cut' }
  /** The caller is told that the call failed, although `after` it did not. */
  | { readonly at: 'before' | 'after'; readonly do: 'error' }
  /** The caller gets a SIGKILL. */
  | { readonly at: 'before' | 'after'; readonly do: 'kill' }

/** Some entries of a bus call fail, by their place. The others reach the bus. */
export interface PartialFailure {
  readonly do: 'partial'
  readonly fails: (place: number) => boolean
}
