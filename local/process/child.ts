import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that the local run has started. */
export interface Running {
  readonly pid: number
  /** Settles when it has ended, for any reason. */
  readonly exited: Promise<void>
  /** Asks it to end, and kills it after a limit. */
  readonly stop: () => Promise<void>
}

export const logPath = (dataDir: string, name: string) => join(dataDir, 'logs', `${name}.log`)

/** Appends to `DATA_DIR/logs/<name>.log`; the caller closes the descriptor. */
export const openLog = (dataDir: string, name: string): number => {
  mkdirSync(join(dataDir, 'logs'), { recursive: true })
  return openSync(logPath(dataDir, name), 'a')
}

/** Where Node keeps compiled code, if this process was told a place: its children start sooner with it. */
const { NODE_COMPILE_CACHE } = process.env
const compileCache = NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}

/**
 * Forks `script` with its output in a log. The child has a session of its own: Ctrl-C reaches the runner only, and the
 * runner decides in which order the processes end.
 */
export const forkChild = (
  script: URL,
  args: readonly string[],
  options: { dataDir: string; name: string; env: Record<string, string>; nodeFlags?: readonly string[] },
): ChildProcess => {
  const log = openLog(options.dataDir, options.name)
  try {
    return fork(script, args, {
      execPath: process.execPath,
      execArgv: [...(options.nodeFlags ?? [])],
      env: { ...compileCache, ...options.env },
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    })
  } finally {
    closeSync(log)
  }
}

/** Settles when the child has ended or could not be started. */
export const exitOf = (child: ChildProcess): Promise<void> =>
  new Promise((ended) => {
    child.once('exit', () => ended())
    child.once('error', () => ended())
  })

/** Waits for the child's first message. Throws when the child ends first, or sends nothing in time. */
export const firstMessage = async (child: ChildProcess, limitMs: number): Promise<unknown> => {
  const patience = new AbortController()
  try {
    const [message] = await Promise.race([
      once(child, 'message', { signal: patience.signal }),
      once(child, 'exit', { signal: patience.signal }).then(([code, signal]) => {
        throw new Error(`ended at its start (${signal ?? `exit code ${code}`})`)
      }),
      sleep(limitMs, null, { signal: patience.signal }).then(() => {
        throw new Error(`was not ready after ${limitMs / 1000} s`)
      }),
    ])
    return message
  } finally {
    patience.abort()
  }
}

/** Waits for the end, and kills the child after the limit. */
export const endWithin = async (child: ChildProcess, exited: Promise<void>, limitMs: number): Promise<void> => {
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
  await exited
  clearTimeout(timer)
}
