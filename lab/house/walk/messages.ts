import type { EnteredFile } from './coverage.ts'

/** The first message to a process: what it runs. Paths are from the root folder. */
export interface Assignment {
  readonly root: string
  readonly entry: string
  /** The file that calls AWS. */
  readonly callFile: string
}

/** `settle` waits until something has been published. Every message is answered once its work is done. */
export type Asked = { readonly do: 'settle' | 'take' } | { readonly do: 'handle'; readonly event: unknown }

/** What happened since the last `take`. */
export interface Seen {
  readonly files: readonly EnteredFile[]
  /** Bodies of the records that were published, base64. */
  readonly published: readonly string[]
  /** The stack at each call of the bus, as V8 writes it. */
  readonly stacks: readonly string[]
  /** SQL texts, BEGIN and COMMIT included. */
  readonly statements: readonly string[]
}
