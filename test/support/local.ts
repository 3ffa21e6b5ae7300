import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Stage } from '../../lib/stage/stage.ts'
import type { Overrides } from '../../local/process/overrides.ts'
import { freePort, freeUdpPort } from '../../local/process/ports.ts'
import { createShutdown } from '../../local/process/shutdown.ts'
import { type Local, startLocal } from '../../local/start.ts'

/** A fresh folder, and its removal. */
export const temporaryFolder = (): { path: string; remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'sluice-local-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Asks again until the answer is not undefined. Throws after the limit. */
export const eventually = async <T>(
  ask: () => Promise<T | undefined> | T | undefined,
  limitMs = 20_000,
): Promise<T> => {
  const deadline = Date.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > deadline) throw new Error(`still nothing after ${limitMs} ms: ${ask}`)
    await pause(20)
  }
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export interface RunningLocal extends Local {
  readonly overrides: Overrides
  /** What the run has said so far. */
  readonly said: readonly string[]
  /** As Ctrl-C does: doors first, nothing confirmed is lost, the data stays for the next start. */
  readonly stop: () => Promise<void>
}

/**
 * Starts the whole local system in this process, on free ports. `DATA_DIR/cdk.out` of one start serves the next as
 * `assemblyFolder`, which saves it the synthesis.
 */
export const startWhole = async (
  dataDir: string,
  options: {
    timeScale?: number
    assemblyFolder?: string
    bus?: Stage['bus']
    sigfoxDoor?: Stage['sigfoxDoor']
  } = {},
): Promise<RunningLocal> => {
  const { timeScale = 1, assemblyFolder, bus = 'sqs', sigfoxDoor = 'lambda' } = options
  const [httpPort, udpPort] = [await freePort(), await freeUdpPort()]
  const overrides = { httpPort, udpPort, dataDir, bus, sigfoxDoor, sigfoxToken: 'local', timeScale }
  const said: string[] = []
  const report = (line: string) => void said.push(line)
  const shutdown = createShutdown(report)
  try {
    const assembly = assemblyFolder === undefined ? {} : { assemblyFolder }
    const local = await startLocal(overrides, { report, shutdown, isScratch: true, ...assembly })
    return { ...local, overrides, said, stop: shutdown.run }
  } catch (error) {
    await shutdown.run()
    throw error
  }
}

export interface Program {
  readonly process: ChildProcess
  readonly output: () => string
  /** Settles with the exit code, or null after a signal. */
  readonly ended: Promise<number | null>
}

/** Runs `node local/main.ts` as a person would, with these variables. */
export const runProgram = (variables: Record<string, string>): Program => {
  const child = spawn(process.execPath, ['local/main.ts'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk
    })
  return { process: child, output: () => output, ended: once(child, 'close').then(([code]) => code as number | null) }
}
