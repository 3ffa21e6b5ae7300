import { join } from 'node:path'
import { dev } from '../bin/stages.ts'
import { connectSqs, type Sqs } from './bus/aws-client.ts'
import { type LocalBus, startBus, tellBus } from './bus/index.ts'
import { makeTopics } from './bus/topics.ts'
import { openDoors } from './doors/index.ts'
import { makeDatabase, openRoles, tellConnection } from './engines/database.ts'
import { startEngines } from './engines/index.ts'
import type { Postgres } from './engines/postgres.ts'
import { startSecrets } from './engines/secrets.ts'
import { hostFunctions, type Invoke, runTriggers, startSchedules } from './functions/index.ts'
import { lockFolder } from './process/folder-lock.ts'
import {
  awsEnvironment,
  databaseEnvironment,
  type Environment,
  type Overrides,
  secretsFor,
} from './process/overrides.ts'
import { requirePorts } from './process/ports.ts'
import type { Starting } from './process/starting.ts'
import type { Addresses } from './template/addresses.ts'
import { type Assembly, readAssembly } from './template/assembly.ts'
import { type Plan, readPlan, requireVariant } from './template/plan.ts'
import { synthesise } from './template/synthesise.ts'

/** The whole system, running on this machine. */
export interface Local extends LocalBus {
  readonly httpUrl: string
  readonly udpPort: number
  /** `/healthz` and `/metrics` of the UDP gateway. */
  readonly gatewayUrl: string
  /** The same of the Sigfox gateway; null where functions take the callbacks. */
  readonly sigfoxGatewayUrl: string | null
  /** Signed in as the server's superuser. */
  readonly databaseUrl: string
  readonly sqs: Sqs
  readonly busUrl: string
  readonly plan: Plan
  /** Ids of all processes, by name. A function that has not been called yet has none. */
  readonly processes: () => Record<string, number[]>
}

export interface Options extends Starting {
  /** The stage to synthesise; `dev` by default. */
  readonly stage?: string
  /** The folder of an app that was synthesised earlier; it replaces the stage. */
  readonly assemblyFolder?: string
  /** Whether the data may be lost afterwards: queues need not survive a power cut, and buffers may be large. */
  readonly isScratch?: boolean
  /** Puts something between the processes and the engines: returns the addresses that the processes get. */
  readonly through?: (real: Addresses) => Promise<Addresses>
}

const secondsSince = (startedAt: number) => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`

/** Waits for both even when one fails, so that nothing is still starting while the rest is being stopped. */
const both = async <A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> => {
  await Promise.allSettled([first, second])
  return [await first, await second]
}

/** The app of the stage, synthesised now unless it was synthesised earlier. */
const openAssembly = async (
  { dataDir, bus, sigfoxDoor }: Overrides,
  { report, shutdown, stage = dev.name, assemblyFolder }: Options,
): Promise<Assembly> => {
  if (assemblyFolder) return readAssembly(assemblyFolder)
  const startedAt = Date.now()
  const interrupted = new AbortController()
  shutdown.add(null, 1_000, () => interrupted.abort())
  const assembly = await synthesise({ name: stage, bus, sigfoxDoor }, join(dataDir, 'cdk.out'), interrupted.signal)
  report(`synthesised ${assembly.stacks.map(({ name }) => name).join(' and ')} (${secondsSince(startedAt)})`)
  return assembly
}

/** What a deployment does before the workers start. */
const deploy = async (plan: Plan, invoke: Invoke, server: Postgres, dataDir: string) => {
  await makeDatabase(server, plan.database)
  await openRoles(server, [plan.database.owner])
  await runTriggers(plan, invoke, dataDir)
  await openRoles(server, plan.databaseUsers)
  tellConnection(dataDir, server, plan.database)
}

/**
 * Runs what the template declares, on this machine.
 * @throws StartFault, one sentence for a person; `shutdown` then holds what has been started
 */
export const startLocal = async (overrides: Overrides, options: Options): Promise<Local> => {
  const { report, shutdown, isScratch = false } = options
  const { dataDir, httpPort, udpPort, bus, sigfoxToken, timeScale } = overrides
  shutdown.add(null, 1_000, lockFolder(dataDir))
  await requirePorts(httpPort, udpPort)

  const startingEngines = startEngines({ dataDir, bus, isScratch }, options)
  const [assembly, engines] = await both(openAssembly(overrides, options), startingEngines)
  const addresses = options.through ? await options.through(engines.addresses) : engines.addresses
  const plan = readPlan(assembly, addresses, timeScale)
  requireVariant(plan, overrides)

  const { busUrl } = addresses
  const topicsMade = await makeTopics(plan, busUrl)
  tellBus(dataDir, plan, busUrl)

  const declared = [...plan.functions, plan.sigfoxGateway].map((one) => one?.environment ?? {})
  const secrets = await startSecrets(secretsFor(declared, sigfoxToken))
  shutdown.add(null, 1_000, secrets.stop)

  const aws = awsEnvironment({ busUrl, secretsUrl: secrets.url })
  const server = engines.database()
  const overridesOf = (environment: Environment) => ({ ...aws, ...databaseEnvironment(environment, server.password) })
  const functions = hostFunctions(plan, overridesOf, dataDir)
  shutdown.add('stopping the functions', 5_000, functions.stop)

  const deployedAt = Date.now()
  await deploy(plan, functions.invoke, server, dataDir)
  report(`database migrated, ${topicsMade} (${secondsSince(deployedAt)})`)

  const { waiting, oldestMs } = startBus(plan, busUrl, dataDir, functions.invoke, shutdown)
  shutdown.add(null, 1_000, startSchedules(plan.schedules, functions.invoke))
  const doors = await openDoors(plan, functions.invoke, aws, overrides, options)

  const { user, password, host, port } = server
  return {
    httpUrl: `http://127.0.0.1:${httpPort}`,
    udpPort,
    gatewayUrl: doors.gatewayUrl,
    sigfoxGatewayUrl: doors.sigfoxGatewayUrl,
    databaseUrl: `postgres://${user}:${password}@${host}:${port}/${plan.database.name}`,
    sqs: connectSqs(busUrl),
    busUrl,
    waiting,
    oldestMs,
    plan,
    processes: () => ({ ...engines.processes(), ...doors.processes(), ...functions.processes() }),
  }
}
