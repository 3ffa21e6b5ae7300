import { join } from 'node:path'
import { endWithin, exitOf, firstMessage, forkChild, logPath, type Running } from '../process/child.ts'
import { accountId, region } from '../process/overrides.ts'
import { StartFault } from '../process/starting.ts'

const startLimitMs = 20_000
const stopLimitMs = 5_000

interface Emulator {
  readonly script: URL
  readonly args: readonly string[]
  /** Names the log, and stands in sentences. */
  readonly name: string
  readonly nodeFlags?: readonly string[]
}

/** Runs an emulator in a process of its own. Throws a StartFault when it is not ready in time. */
const startEmulator = async (dataDir: string, { script, args, name, nodeFlags = [] }: Emulator): Promise<Running> => {
  const child = forkChild(script, args, { dataDir, name, env: {}, nodeFlags })
  const exited = exitOf(child)
  try {
    await firstMessage(child, startLimitMs)
  } catch (error) {
    child.kill('SIGKILL')
    throw new StartFault(`The local ${name} ${(error as Error).message}; see ${logPath(dataDir, name)}.`)
  }
  const stop = async () => {
    if (child.connected) child.send('stop')
    await endWithin(child, exited, stopLimitMs)
  }
  return { pid: child.pid ?? 0, exited, stop }
}

/**
 * Starts the queue emulator on 127.0.0.1. Its queues and messages are in `DATA_DIR/queues` and survive a kill.
 * @param isScratch whether a power cut may lose them
 */
export const startSqsServer = (dataDir: string, port: number, isScratch: boolean): Promise<Running> =>
  startEmulator(dataDir, {
    script: new URL('./sqs-server.mjs', import.meta.url),
    args: [String(port), join(dataDir, 'queues'), region, isScratch ? 'NORMAL' : 'FULL'],
    name: 'queues',
    nodeFlags: ['--disable-warning=ExperimentalWarning'],
  })

/** Starts the stream emulator on 127.0.0.1. Its streams and records are in memory and end with it. */
export const startKinesisServer = (dataDir: string, port: number): Promise<Running> =>
  startEmulator(dataDir, {
    script: new URL('./kinesis-server.mjs', import.meta.url),
    args: [String(port), region, accountId],
    name: 'streams',
  })
