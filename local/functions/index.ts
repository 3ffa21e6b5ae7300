import { logPath } from '../process/child.ts'
import { type Environment, mostProcesses } from '../process/overrides.ts'
import { StartFault } from '../process/starting.ts'
import { isOfFunction } from '../template/addresses.ts'
import type { Plan } from '../template/plan.ts'
import type { Schedule } from '../template/schedules.ts'
import { type FunctionHost, hostFunction } from './function-host.ts'
import type { Invocation } from './function-process.ts'

/** Runs the function that has this ARN, with or without a version. */
export type Invoke = (functionArn: string, event: unknown) => Promise<Invocation>

interface FunctionHosts {
  readonly invoke: Invoke
  /** Process ids by the name of the function. */
  readonly processes: () => Record<string, number[]>
  readonly stop: () => Promise<void>
}

/**
 * Hosts all functions of the plan. Each starts its first process with its first event.
 * @param overridesOf the settings that differ here, for a function with these settings
 */
export const hostFunctions = (
  { functions, queueMappings, streamMappings }: Plan,
  overridesOf: (declared: Environment) => Environment,
  dataDir: string,
): FunctionHosts => {
  const mappings = [...queueMappings, ...streamMappings]
  const hosts = functions.map((declared): { name: string; arn: string; host: FunctionHost } => {
    const { name, arn, environment, mostConcurrent } = declared
    const fn = { ...declared, environment: { ...environment, ...overridesOf(environment) } }
    const mapping = mappings.find(({ functionArn }) => isOfFunction(functionArn, arn))
    const most = mapping ? mostProcesses('worker', mapping.mostConcurrent) : mostProcesses('other', mostConcurrent)
    return { name, arn, host: hostFunction(fn, most, dataDir) }
  })
  const invoke: Invoke = async (functionArn, event) => {
    const found = hosts.find(({ arn }) => isOfFunction(functionArn, arn))
    if (!found) throw new Error(`No function here has the ARN ${functionArn}`)
    return found.host.invoke(event)
  }
  return {
    invoke,
    processes: () => Object.fromEntries(hosts.map(({ name, host }) => [name, host.pids()])),
    stop: async () => void (await Promise.all(hosts.map(({ host }) => host.stop()))),
  }
}

/**
 * Invokes the functions that a deployment invokes, one after the other.
 * @throws StartFault naming the function that failed, and its log
 */
export const runTriggers = async ({ triggers, functions }: Plan, invoke: Invoke, dataDir: string): Promise<void> => {
  for (const arn of triggers) {
    const result = await invoke(arn, {})
    const name = functions.find((fn) => isOfFunction(arn, fn.arn))?.name ?? arn
    if (!result.ok) throw new StartFault(`${name} failed: ${result.error.message}; see ${logPath(dataDir, name)}.`)
  }
}

/** Invokes each scheduled function at its interval, until the returned function is called. */
export const startSchedules = (schedules: readonly Schedule[], invoke: Invoke): (() => void) => {
  const timers = schedules.map(({ functionArn, everyMs }) => setInterval(() => void invoke(functionArn, {}), everyMs))
  return () => timers.forEach(clearInterval)
}
