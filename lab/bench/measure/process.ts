import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { cpuSecondsOf } from '../../processes/proc.ts'

type Line = Readonly<Record<string, string | number>>

/** A process under measurement. It prints JSON lines, each with an `event`. */
export interface Measured {
  readonly child: ChildProcess
  /** Resolves with the next line of that event. Throws when the process ends without one. */
  readonly said: (event: string) => Promise<Line>
  readonly cpuSeconds: () => number
}

/** Starts a TypeScript file, or any other program. */
export const startProcess = (
  script: string,
  args: (string | number)[] = [],
  environment = {},
  nodeOptions: string[] = [],
): Measured => {
  const words = args.map(String)
  const isOurs = script.endsWith('.ts')
  const child = spawn(isOurs ? process.execPath : script, isOurs ? [...nodeOptions, script, ...words] : words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const lines = createInterface({ input: child.stdout })
  return {
    child,
    said: (event) =>
      new Promise((resolve, reject) => {
        lines.on('line', (text) => {
          const line = JSON.parse(text)
          if (line.event === event) resolve(line)
        })
        lines.on('close', () => reject(new Error(`${script} ended without printing "${event}".`)))
      }),
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0) ?? 0,
  }
}
