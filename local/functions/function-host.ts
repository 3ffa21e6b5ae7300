import type { LambdaFunction } from '../template/functions.ts'
import { type Environment, type Invocation, startEnvironment } from './function-process.ts'

export interface FunctionHost {
  readonly invoke: (event: unknown) => Promise<Invocation>
  readonly pids: () => number[]
  /** Ends all environments; an invocation that still runs fails. */
  readonly stop: () => Promise<void>
}

/** Hosts a function in at most `most` processes, each with one event at a time; who finds none free waits in line. */
export const hostFunction = (fn: LambdaFunction, most: number, dataDir: string): FunctionHost => {
  const environments = new Set<Environment>()
  const idle: Environment[] = []
  const line: (() => void)[] = []
  let stopped = false

  const start = () => {
    const environment = startEnvironment(fn, dataDir)
    environments.add(environment)
    void environment.exited.then(() => {
      environments.delete(environment)
      line.shift()?.()
    })
    return environment
  }

  const take = async (): Promise<Environment> => {
    for (;;) {
      const free = idle.pop()
      if (free?.isAlive()) return free
      if (!free && environments.size < most) return start()
      if (!free) await new Promise<void>((turn) => line.push(turn))
    }
  }

  const invoke = async (event: unknown): Promise<Invocation> => {
    if (stopped) return { ok: false, error: { type: 'Stopped', message: `${fn.name} is being stopped` } }
    const environment = await take()
    const result = await environment.invoke(event)
    if (environment.isAlive()) {
      idle.push(environment)
      line.shift()?.()
    }
    return result
  }

  const stop = async () => {
    stopped = true
    const all = [...environments]
    for (const environment of all) environment.kill()
    await Promise.all(all.map(({ exited }) => exited))
  }
  return { invoke, pids: () => [...environments].map(({ pid }) => pid), stop }
}
