import { join } from 'node:path'
import type { Running } from '../process/child.ts'
import { region } from '../process/overrides.ts'
import { startEmulator } from './bus-server.ts'

/**
 * Starts the queue emulator on 127.0.0.1; its queues and messages live in `DATA_DIR/queues`.
 * @param isScratch whether a power cut may lose them; what is killed never does
 */
export const startSqsServer = (dataDir: string, port: number, isScratch: boolean): Promise<Running> =>
  startEmulator(dataDir, {
    script: new URL('./sqs-server.mjs', import.meta.url),
    args: [String(port), join(dataDir, 'queues'), region, isScratch ? 'NORMAL' : 'FULL'],
    name: 'queues',
    nodeFlags: ['--disable-warning=ExperimentalWarning'],
  })
