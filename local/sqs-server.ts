import { join } from 'node:path'
import { endWithin, exitOf, firstMessage, forkChild, logPath, type Running } from './child.ts'
import { StartFault } from './fault.ts'
import { region } from './overrides.ts'

const startLimitMs = 20_000
const stopLimitMs = 5_000

/** Starts the queue emulator on 127.0.0.1; its queues and messages live in `DATA_DIR/queues`. */
export const startSqsServer = async (dataDir: string, port: number): Promise<Running> => {
  const child = forkChild('sqs-server.mjs', [String(port), join(dataDir, 'queues'), region], {
    dataDir,
    name: 'queues',
    env: {},
    nodeFlags: ['--disable-warning=ExperimentalWarning'],
  })
  const exited = exitOf(child)
  try {
    await firstMessage(child, startLimitMs)
  } catch (error) {
    child.kill('SIGKILL')
    throw new StartFault(`The local queues ${(error as Error).message}; see ${logPath(dataDir, 'queues')}.`)
  }
  const stop = async () => {
    if (child.connected) child.send('stop')
    await endWithin(child, exited, stopLimitMs)
  }
  return { pid: child.pid ?? 0, exited, stop }
}
