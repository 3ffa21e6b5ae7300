import type { Running } from './child.ts'
import { startEmulator } from './emulator.ts'
import { accountId, region } from './overrides.ts'

/** Starts the stream emulator on 127.0.0.1; streams and records live in its memory, and end with it. */
export const startKinesisServer = (dataDir: string, port: number): Promise<Running> =>
  startEmulator(dataDir, { script: 'kinesis-server.mjs', args: [String(port), region, accountId], name: 'streams' })
