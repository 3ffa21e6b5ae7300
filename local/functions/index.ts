import { mostEnvironments } from '../process/overrides.ts'
import { isOfFunction } from '../template/addresses.ts'
import type { DeclaredFunction } from '../template/functions.ts'
import { type FunctionHost, hostFunction } from './function-host.ts'
import type { Invocation } from './function-process.ts'

/** A mapping, as far as it says how often a function runs at once. */
interface Reading {
  readonly functionArn: string
  readonly mostConcurrent: number | null
}

/** Batches of a mapping that are worked on at once here. */
export const pollersOf = ({ mostConcurrent }: Pick<Reading, 'mostConcurrent'>) =>
  Math.min(mostConcurrent ?? mostEnvironments.ofWorkers, mostEnvironments.ofWorkers)

/** Runs the function with that ARN (also with a version). */
export type Invoke = (functionArn: string, event: unknown) => Promise<Invocation>

export interface FunctionHosts {
  readonly invoke: Invoke
  /** Process ids by the name of the function. */
  readonly processes: () => Record<string, number[]>
  readonly stop: () => Promise<void>
}

/** Hosts all functions; each starts its first process with its first event. */
export const hostFunctions = (
  functions: readonly DeclaredFunction[],
  mappings: readonly Reading[],
  dataDir: string,
): FunctionHosts => {
  const hosts = functions.map((fn): { fn: DeclaredFunction; host: FunctionHost } => {
    const mapping = mappings.find(({ functionArn }) => isOfFunction(functionArn, fn.arn))
    const others = Math.min(fn.mostConcurrent ?? mostEnvironments.ofOthers, mostEnvironments.ofOthers)
    return { fn, host: hostFunction(fn, mapping ? pollersOf(mapping) : others, dataDir) }
  })
  const invoke: Invoke = async (functionArn, event) => {
    const found = hosts.find(({ fn }) => isOfFunction(functionArn, fn.arn))
    if (!found) throw new Error(`No function here has the ARN ${functionArn}`)
    return found.host.invoke(event)
  }
  return {
    invoke,
    processes: () => Object.fromEntries(hosts.map(({ fn, host }) => [fn.name, host.pids()])),
    stop: async () => void (await Promise.all(hosts.map(({ host }) => host.stop()))),
  }
}
