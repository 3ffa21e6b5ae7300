import type { RejectReason } from './rejects.ts'

/** What is settled: the input was handled, and is safe to acknowledge. */
export type Settlement =
  /** Handled. A duplicate is done. */
  | { readonly status: 'done' }
  /** Cannot be used, but is recorded with its bytes and its reason. */
  | { readonly status: 'reject'; readonly reason: RejectReason }

/** What became of one input of a batch. On `retry` it was not handled, and its sender must send it again. */
export type Outcome = Settlement | { readonly status: 'retry'; readonly reason: string }

/** One object for all of them: a batch of a thousand must not make a thousand. */
export const done: Settlement = Object.freeze({ status: 'done' })

export const reject = (reason: RejectReason): Settlement => ({ status: 'reject', reason })

export const retry = (reason: string): Outcome => ({ status: 'retry', reason })
