import type { RejectReason } from './rejects.ts'

/**
 * What became of one input of a batch.
 * - `done`: handled, and safe to acknowledge; a duplicate is done.
 * - `reject`: cannot be used, but recorded with its bytes and its reason, so it is handled as well.
 * - `retry`: not handled; whoever sent it must send it again.
 */
export type Outcome =
  | { readonly status: 'done' }
  | { readonly status: 'reject'; readonly reason: RejectReason }
  | { readonly status: 'retry'; readonly reason: string }

/** One object for all: a batch of a thousand makes no thousand of them. */
export const done: Outcome = Object.freeze({ status: 'done' })

export const reject = (reason: RejectReason): Outcome => ({ status: 'reject', reason })

export const retry = (reason: string): Outcome => ({ status: 'retry', reason })
