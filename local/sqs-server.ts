import { join } from 'node:path'
import type { Running } from './child.ts'
import { startEmulator } from './emulator.ts'
import { region } from './overrides.ts'

/** Starts the queue emulator on 127.0.0.1; its queues and messages live in `DATA_DIR/queues`. */
export const startSqsServer = (dataDir: string, port: number): Promise<Running> =>
  startEmulator(dataDir, {
    script: 'sqs-server.mjs',
    args: [String(port), join(dataDir, 'queues'), region],
    name: 'queues',
    nodeFlags: ['--disable-warning=ExperimentalWarning'],
  })
