import type { Running } from '../process/child.ts'
import { accountId, region } from '../process/overrides.ts'
import { startEmulator } from './bus-server.ts'

/** Starts the stream emulator on 127.0.0.1; streams and records live in its memory, and end with it. */
export const startKinesisServer = (dataDir: string, port: number): Promise<Running> =>
  startEmulator(dataDir, {
    script: new URL('./kinesis-server.mjs', import.meta.url),
    args: [String(port), region, accountId],
    name: 'streams',
  })
