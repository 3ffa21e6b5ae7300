import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process of ours. */
export interface Running {
  readonly pid: number
  /** Settles when it has ended, for whatever reason. */
  readonly exited: Promise<void>
  /** Ends it in its own way, within a limit, and kills it after that. */
  readonly stop: () => Promise<void>
}

export const logPath = (dataDir: string, name: string) => join(dataDir, 'logs', `${name}.log`)

/** Appends to `DATA_DIR/logs/<name>.log`; the caller closes the descriptor. */
export const openLog = (dataDir: string, name: string): number => {
  mkdirSync(join(dataDir, 'logs'), { recursive: true })
  return openSync(logPath(dataDir, name), 'a')
}

/**
 * Forks `script` with its output in a log. It gets a session of its own, so that Ctrl-C
 * reaches the runner only, and the runner decides the order in which things end.
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
      env: options.env,
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    })
  } finally {
    closeSync(log)
  }
}

/** Settles when the child has ended or could not be started at all. */
export const exitOf = (child: ChildProcess): Promise<void> =>
  new Promise((ended) => {
    child.once('exit', () => ended())
    child.once('error', () => ended())
  })

/** Waits for the child's first message. Throws when it ends before, or says nothing in time. */
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

/** Waits for the end, and kills after the limit. */
export const endWithin = async (child: ChildProcess, exited: Promise<void>, limitMs: number): Promise<void> => {
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
  await exited
  clearTimeout(timer)
}
