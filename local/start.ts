import { join } from 'node:path'
import { dev } from '../bin/stages.ts'
import { makeTopics, startBus, tellBus } from './bus/index.ts'
import type { LocalBus } from './bus/local-bus.ts'
import { connectSqs, type Sqs } from './bus/sqs.ts'
import { openDoors } from './doors/index.ts'
import { makeDatabase, openRoles, tellConnection } from './engines/database.ts'
import { type Engines, startEngines } from './engines/index.ts'
import { startSecrets } from './engines/secrets.ts'
import { type FunctionHosts, hostFunctions } from './functions/index.ts'
import { startSchedules } from './functions/schedule.ts'
import { logPath } from './process/child.ts'
import { lockFolder } from './process/folder-lock.ts'
import { awsEnvironment, databaseEnvironment, type Overrides, secretValues } from './process/overrides.ts'
import { requirePorts } from './process/ports.ts'
import type { Shutdown } from './process/shutdown.ts'
import { StartFault } from './process/starting.ts'
import { type Addresses, isOfFunction } from './template/addresses.ts'
import { type Assembly, readAssembly } from './template/assembly.ts'
import { type Plan, readPlan } from './template/plan.ts'
import { synthesise } from './template/synthesise.ts'

/** The whole system, running on this machine. */
export interface Local {
  readonly httpUrl: string
  readonly udpPort: number
  /** `/healthz` and `/metrics` of the UDP gateway. */
  readonly gatewayUrl: string
  /** The same of what takes the Sigfox callbacks; null where functions do. */
  readonly sigfoxGatewayUrl: string | null
  /** Signed in as the server's superuser. */
  readonly databaseUrl: string
  readonly sqs: Sqs
  readonly busUrl: string
  /** Packs that wait for a function or are with it; on Kinesis only those that were read. */
  readonly waiting: LocalBus['waiting']
  /** The greatest age that a pack with a function had in the last second, in milliseconds; 0 where it had none. */
  readonly oldestMs: LocalBus['oldestMs']
  readonly plan: Plan
  /** Ids of all processes, by name; a function that has not been called yet has none. */
  readonly processes: () => Record<string, number[]>
}

export interface Options {
  readonly report: (line: string) => void
  /** Gets every step to undo, so that a start that fails or is cut short can be taken back too. */
  readonly shutdown: Shutdown
  /** The stage that is synthesised; `dev` unless said. */
  readonly stage?: string
  /** An app synthesised before, in place of a stage. */
  readonly assemblyFolder?: string
  /** Whether nobody wants the data afterwards: the queues need not outlive a power cut, and buffers may be large. */
  readonly isScratch?: boolean
  /** Puts something between the processes and the engines: answers the addresses that the processes get. */
  readonly through?: (real: Addresses) => Promise<Addresses>
}

const seconds = (sinceMs: number) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`

const assemble = async (
  { dataDir, bus = dev.bus, sigfoxDoor = dev.sigfoxDoor }: Overrides,
  { report, shutdown, stage = dev.name, assemblyFolder }: Options,
): Promise<Assembly> => {
  if (assemblyFolder) return readAssembly(assemblyFolder)
  const startedAt = Date.now()
  const unwanted = new AbortController()
  shutdown.add(null, 1_000, () => unwanted.abort())
  const assembly = await synthesise({ name: stage, bus, sigfoxDoor }, join(dataDir, 'cdk.out'), unwanted.signal)
  report(`synthesised ${assembly.stacks.map(({ name }) => name).join(' and ')} (${seconds(startedAt)})`)
  return assembly
}

/** Waits for both even if one fails, so that nothing goes on being started while the rest is stopped. */
const both = async <A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> => {
  await Promise.allSettled([first, second])
  return [await first, await second]
}

/** An app that was synthesised before may be one for another bus or door. */
const requireVariant = (plan: Plan, { bus = dev.bus, sigfoxDoor = dev.sigfoxDoor }: Overrides) => {
  const synthesised = {
    BUS: plan.bus,
    SIGFOX_DOOR: plan.sigfoxGateway ? 'container' : 'lambda',
  }
  const wanted = { BUS: bus, SIGFOX_DOOR: sigfoxDoor }
  for (const name of ['BUS', 'SIGFOX_DOOR'] as const)
    if (synthesised[name] !== wanted[name])
      throw new StartFault(
        `The app was synthesised for ${synthesised[name]}, and ${name} is ${wanted[name]}: synthesise it again.`,
      )
}

/** Secrets, and the functions with the few settings that are different here. */
const startFunctions = async (
  plan: Plan,
  overrides: Overrides,
  engines: Engines,
  addresses: Addresses,
  { shutdown }: Options,
) => {
  const { dataDir, sigfoxToken } = overrides
  const secrets = new Map<string, string>()
  for (const { environment } of [...plan.functions, ...(plan.sigfoxGateway ? [plan.sigfoxGateway] : [])])
    for (const [name, value] of Object.entries(secretValues(sigfoxToken)))
      if (environment[name]) secrets.set(environment[name], value)
  const { url, stop } = await startSecrets(secrets)
  shutdown.add(null, 1_000, stop)

  const aws = awsEnvironment({ ...addresses, secretsUrl: url })
  const { password } = engines.postgres.current()
  const functions = plan.functions.map((fn) => {
    const database = databaseEnvironment(fn.environment, password)
    return { ...fn, environment: { ...fn.environment, ...aws, ...database } }
  })
  const hosts = hostFunctions(functions, [...plan.queueMappings, ...plan.streamMappings], dataDir)
  shutdown.add('stopping the functions', 5_000, hosts.stop)
  return { hosts, aws }
}

/** What a deployment does before the workers start: the database, then what the template triggers. */
const deploy = async (plan: Plan, hosts: FunctionHosts, { postgres }: Engines, dataDir: string) => {
  const server = postgres.current()
  await makeDatabase(server, plan.database)
  await openRoles(server, [plan.database.owner])
  for (const arn of plan.triggers) {
    const result = await hosts.invoke(arn, {})
    const name = plan.functions.find((fn) => isOfFunction(arn, fn.arn))?.name ?? arn
    if (!result.ok) throw new StartFault(`${name} failed: ${result.error.message}; see ${logPath(dataDir, name)}.`)
  }
  await openRoles(server, plan.databaseUsers)
  tellConnection(dataDir, server, plan.database)
}

const startMappings = (plan: Plan, hosts: FunctionHosts, busUrl: string, dataDir: string, { shutdown }: Options) => {
  const bus = startBus(plan, busUrl, dataDir, hosts.invoke)
  const stopSchedules = startSchedules(plan.schedules, (arn) => void hosts.invoke(arn, {}))
  shutdown.add(bus.stopWords, bus.stopLimitMs, async () => {
    stopSchedules()
    await bus.stop()
  })
  return bus
}

/**
 * Runs what the template says on this machine.
 * @throws StartFault, one sentence for the person who started it; what had been started is in `shutdown`
 */
export const startLocal = async (overrides: Overrides, options: Options): Promise<Local> => {
  const { report, shutdown, isScratch = false } = options
  const { dataDir, httpPort, udpPort, timeScale, bus = dev.bus } = overrides
  shutdown.add(null, 1_000, lockFolder(dataDir))
  await requirePorts(httpPort, udpPort)
  const starting = startEngines({ dataDir, bus, isScratch }, report, shutdown)
  const [assembly, engines] = await both(assemble(overrides, options), starting)

  const { postgres, databasePort } = engines
  const real: Addresses = { busUrl: engines.busUrl, databaseHost: '127.0.0.1', databasePort }
  const addresses = options.through ? await options.through(real) : real
  const { busUrl } = addresses
  const plan = readPlan(assembly, addresses, timeScale)
  requireVariant(plan, overrides)
  const topicsMade = await makeTopics(plan, busUrl)
  tellBus(dataDir, plan, busUrl)
  const { hosts, aws } = await startFunctions(plan, overrides, engines, addresses, options)
  const deployedAt = Date.now()
  await deploy(plan, hosts, engines, dataDir)
  report(`database migrated, ${topicsMade} (${seconds(deployedAt)})`)
  const { waiting, oldestMs } = startMappings(plan, hosts, busUrl, dataDir, options)
  const doors = await openDoors(plan, hosts.invoke, aws, overrides, options)

  const { user, password } = postgres.current()
  return {
    httpUrl: `http://127.0.0.1:${httpPort}`,
    udpPort,
    gatewayUrl: doors.gatewayUrl,
    sigfoxGatewayUrl: doors.sigfoxGatewayUrl,
    databaseUrl: `postgres://${user}:${password}@127.0.0.1:${databasePort}/${plan.database.name}`,
    sqs: connectSqs(busUrl),
    busUrl,
    waiting,
    oldestMs,
    plan,
    processes: () => ({
      ...engines.processes(),
      ...doors.processes(),
      ...hosts.processes(),
    }),
  }
}
