import { setting } from '../../contract/settings.ts'
import type { Stage } from '../../lib/stage/stage.ts'
import { StartFault } from '../process/starting.ts'
import type { Addresses } from './addresses.ts'
import { type Authorizer, declaredAuthorizers, declaredRoutes, type Route } from './api.ts'
import type { Assembly } from './assembly.ts'
import { type Cloud, openCloud } from './cloud.ts'
import { type DeclaredFunction, declaredFunction } from './functions.ts'
import { declaredGateways, type Gateway } from './gateways.ts'
import { declaredQueueMappings, declaredStreamMappings, type QueueMapping, type StreamMapping } from './mappings.ts'
import { declaredSchedules, declaredTriggers, type Schedule } from './schedules.ts'
import { declaredQueues, declaredStreams, type Queue, type Stream } from './topics.ts'

export interface DeclaredDatabase {
  readonly name: string
  /** The instance's master user. */
  readonly owner: string
}

/** Everything in the template that runs here. */
export interface Plan {
  readonly bus: Stage['bus']
  readonly queues: readonly Queue[]
  readonly streams: readonly Stream[]
  readonly queueMappings: readonly QueueMapping[]
  readonly streamMappings: readonly StreamMapping[]
  readonly routes: readonly Route[]
  readonly authorizers: readonly Authorizer[]
  /** ARNs, in the order of the template. */
  readonly triggers: readonly string[]
  readonly schedules: readonly Schedule[]
  /** Every function that one of the above invokes. */
  readonly functions: readonly DeclaredFunction[]
  readonly database: DeclaredDatabase
  /** Database users of the functions. */
  readonly databaseUsers: readonly string[]
  readonly udpGateway: Gateway
  /** Null where functions take the Sigfox callbacks. */
  readonly sigfoxGateway: Gateway | null
}

/** The template's one database instance. */
const declaredDatabase = (cloud: Cloud): DeclaredDatabase => {
  const [instance] = cloud.all('AWS::RDS::DBInstance')
  if (!instance) throw new Error('The template declares no AWS::RDS::DBInstance')
  return { name: String(instance.get('DBName')), owner: String(instance.get('MasterUsername')) }
}

/** Reads the plan. Throws an Error naming a resource that the local run does not understand. */
export const readPlan = (assembly: Assembly, addresses: Addresses, timeScale: number): Plan => {
  const cloud = openCloud(assembly, addresses)
  const queueMappings = declaredQueueMappings(cloud, addresses.busUrl, timeScale)
  const streamMappings = declaredStreamMappings(cloud, timeScale)
  const routes = declaredRoutes(cloud)
  const authorizers = declaredAuthorizers(cloud)
  const triggers = declaredTriggers(cloud)
  const schedules = declaredSchedules(cloud)
  const invoked = [...queueMappings, ...streamMappings, ...routes, ...authorizers, ...schedules].map(
    ({ functionArn }) => functionArn,
  )
  const byName = new Map<string, DeclaredFunction>()
  for (const arn of [...invoked, ...triggers]) {
    const fn = declaredFunction(cloud, arn)
    byName.set(fn.name, fn)
  }
  const functions = [...byName.values()]
  const gateways = declaredGateways(cloud)
  const udpGateway = gateways.find(({ environment }) => setting.udpPort in environment)
  if (!udpGateway) throw new Error(`The template declares no container with ${setting.udpPort}`)
  const users = functions.map(({ environment }) => environment[setting.databaseUser] ?? '').filter((user) => user)
  const streams = declaredStreams(cloud)
  return {
    bus: streams.length > 0 ? 'kinesis' : 'sqs',
    queues: declaredQueues(cloud, timeScale),
    streams,
    queueMappings,
    streamMappings,
    routes,
    authorizers,
    triggers,
    schedules,
    functions,
    database: declaredDatabase(cloud),
    databaseUsers: [...new Set(users)],
    udpGateway,
    sigfoxGateway: gateways.find(({ environment }) => setting.httpPort in environment) ?? null,
  }
}

/**
 * Requires an app for this bus and this Sigfox door: one that was synthesised earlier may be for others.
 * @throws StartFault naming the variable
 */
export const requireVariant = ({ bus, sigfoxGateway }: Plan, wanted: Pick<Stage, 'bus' | 'sigfoxDoor'>): void => {
  const variants = [
    ['BUS', bus, wanted.bus],
    ['SIGFOX_DOOR', sigfoxGateway ? 'container' : 'lambda', wanted.sigfoxDoor],
  ] as const
  for (const [variable, synthesised, value] of variants)
    if (synthesised !== value)
      throw new StartFault(
        `The app was synthesised for ${synthesised}, and ${variable} is ${value}: synthesise it again.`,
      )
}
