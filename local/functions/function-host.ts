import type { LambdaFunction } from '../template/functions.ts'
import { type FunctionProcess, type Invocation, startFunctionProcess } from './function-process.ts'

export interface FunctionHost {
  readonly invoke: (event: unknown) => Promise<Invocation>
  readonly pids: () => number[]
  /** Ends all processes; an invocation that still runs fails. */
  readonly stop: () => Promise<void>
}

/** Hosts a function in at most `most` processes, each with one event at a time. Further events wait in line. */
export const hostFunction = (fn: LambdaFunction, most: number, dataDir: string): FunctionHost => {
  const processes = new Set<FunctionProcess>()
  const idle: FunctionProcess[] = []
  const line: (() => void)[] = []
  let stopped = false

  const start = () => {
    const instance = startFunctionProcess(fn, dataDir)
    processes.add(instance)
    void instance.exited.then(() => {
      processes.delete(instance)
      line.shift()?.()
    })
    return instance
  }

  const take = async (): Promise<FunctionProcess> => {
    for (;;) {
      const free = idle.pop()
      if (free?.isAlive()) return free
      if (!free && processes.size < most) return start()
      if (!free) await new Promise<void>((turn) => line.push(turn))
    }
  }

  const invoke = async (event: unknown): Promise<Invocation> => {
    if (stopped) return { ok: false, error: { type: 'Stopped', message: `${fn.name} is being stopped` } }
    const instance = await take()
    const result = await instance.invoke(event)
    if (instance.isAlive()) {
      idle.push(instance)
      line.shift()?.()
    }
    return result
  }

  const stop = async () => {
    stopped = true
    const all = [...processes]
    for (const instance of all) instance.kill()
    await Promise.all(all.map(({ exited }) => exited))
  }
  return { invoke, pids: () => [...processes].map(({ pid }) => pid), stop }
}
