import type { PackAges } from '../result/result.ts'

export interface HostSettings {
  readonly dataDir: string
  readonly bus: 'sqs' | 'kinesis'
  readonly timeScale: number
  readonly stage: string
  readonly token: string
  /** Folder of an app that is synthesised already. Null synthesises it. */
  readonly assemblyFolder: string | null
}

export type HostQuestion = { readonly start: HostSettings } | 'look' | 'stop'

/** Process ids by name, the packs on the bus at the previous look, and the age of the oldest pack with a worker. */
export interface Look {
  readonly processes: Readonly<Record<string, readonly number[]>>
  /** Null where the bus did not say. */
  readonly waiting: number | null
  readonly oldestPackMs: PackAges
}

export interface Doors {
  readonly httpUrl: string
  readonly udpPort: number
  readonly gatewayUrl: string
}

export type HostAnswer =
  | { readonly report: string }
  | { readonly ready: Doors }
  | { readonly look: Look }
  | { readonly fault: string }
