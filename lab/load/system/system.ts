import type { Look } from './messages.ts'

/** What a run talks to. Null: not known for a system that already runs. */
export interface System {
  readonly httpUrl: string
  readonly apiUrl: string
  readonly udpHost: string
  readonly udpPort: number
  /** The address of the gateway's `/metrics`. */
  readonly gatewayUrl: string | null
  readonly token: string
  readonly bus: string
  readonly dataDir: string | null
  /** Looks at the processes and at the bus. */
  readonly look: (() => Promise<Look>) | null
  readonly runnerPid: number | null
  /** Ends what this run has started. Returns the folder of the logs where they are kept. */
  readonly stop: (keepLogs: boolean) => Promise<string | null>
}

/** What must be changed before a run is possible, in a sentence. */
export class LoadFault extends Error {
  override name = 'LoadFault'
}
