import { endWithin, exitOf, firstMessage, forkChild, logPath, type Running } from '../process/child.ts'
import { StartFault } from '../process/starting.ts'

const startLimitMs = 20_000
const stopLimitMs = 5_000

export interface Emulator {
  readonly script: URL
  readonly args: readonly string[]
  /** Of its log, and in sentences. */
  readonly name: string
  readonly nodeFlags?: readonly string[]
}

/** Starts a bus emulator of this folder in a process of its own. */
export const startEmulator = async (dataDir: string, { script, args, name, nodeFlags = [] }: Emulator) => {
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
  return { pid: child.pid ?? 0, exited, stop } satisfies Running
}
