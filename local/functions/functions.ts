import { assetFolder } from '../template/assembly.ts'
import { type Cloud, type Declared, functionArn } from '../template/cloud.ts'
import { type Environment, type Invocation, type LambdaFunction, startEnvironment } from './function-process.ts'

/** A function of the template, and how many of it AWS would run at once; null where nothing bounds it. */
export interface DeclaredFunction extends LambdaFunction {
  readonly mostConcurrent: number | null
}

export interface FunctionHost {
  readonly invoke: (event: unknown) => Promise<Invocation>
  readonly pids: () => number[]
  /** Ends all environments; an invocation that still runs fails. */
  readonly stop: () => Promise<void>
}

const environmentOf = (fn: Declared) => {
  const variables = (fn.get('Environment', 'Variables') ?? {}) as Record<string, unknown>
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]))
}

/**
 * The function that `arn` (also with a version) speaks of, as the template declares it. Only those that something
 * here invokes are looked up: CDK's own helpers exist on AWS alone.
 */
export const declaredFunction = (cloud: Cloud, arn: string): DeclaredFunction => {
  const fn = cloud.all('AWS::Lambda::Function').find(({ name }) => `${arn}:`.startsWith(`${functionArn(name)}:`))
  if (!fn) throw new Error(`The template declares no function ${arn}`)
  return {
    name: fn.name,
    arn: functionArn(fn.name),
    bundle: assetFolder(cloud.assembly, fn.raw('Code')),
    handler: String(fn.get('Handler')),
    environment: environmentOf(fn),
    timeoutSeconds: Number(fn.get('Timeout') ?? 3),
    memoryMegabytes: Number(fn.get('MemorySize') ?? 128),
    mostConcurrent: (fn.get('ReservedConcurrentExecutions') as number | undefined) ?? null,
  }
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
