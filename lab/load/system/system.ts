import type { Look } from './messages.ts'

/** What a run talks to, by its wire alone. What is null is not known of a system that somebody else started. */
export interface System {
  readonly httpUrl: string
  readonly apiUrl: string
  readonly udpHost: string
  readonly udpPort: number
  /** Where the gateway's `/metrics` are. */
  readonly gatewayUrl: string | null
  readonly token: string
  readonly bus: string
  readonly dataDir: string | null
  /** Process that runs the functions, and ids of all others by name. */
  readonly look: (() => Promise<Look>) | null
  readonly runnerPid: number | null
  /** Ends what this run started; answers the folder of its logs where they are kept. */
  readonly stop: (keepLogs: boolean) => Promise<string | null>
}

/** What a person must change before there can be a run: one sentence. */
export class LoadFault extends Error {
  override name = 'LoadFault'
}
