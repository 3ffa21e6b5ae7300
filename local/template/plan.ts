import { setting } from '../../contract/settings.ts'
import { declaredMappings, type Mapping } from '../bus/queue-mapping.ts'
import { declaredQueues, type Queue } from '../bus/queues.ts'
import { declaredStreamMappings, type StreamMapping } from '../bus/stream-mapping.ts'
import { declaredStreams, type Stream } from '../bus/streams.ts'
import { type Authorizer, declaredAuthorizers } from '../doors/authorizer.ts'
import { declaredGateways, type Gateway } from '../doors/gateway.ts'
import { type DeclaredDatabase, declaredDatabase } from '../engines/database.ts'
import { type DeclaredFunction, declaredFunction } from '../functions/functions.ts'
import { declaredSchedules, declaredTriggers, type Schedule } from '../functions/schedule.ts'
import type { Assembly } from './assembly.ts'
import { type Addresses, openCloud } from './cloud.ts'
import { declaredRoutes, type Route } from './routes.ts'

/** All that the template says of what runs here. */
export interface Plan {
  readonly queues: readonly Queue[]
  readonly streams: readonly Stream[]
  readonly mappings: readonly Mapping[]
  readonly streamMappings: readonly StreamMapping[]
  readonly routes: readonly Route[]
  readonly authorizers: readonly Authorizer[]
  /** ARNs, in the order of the template. */
  readonly triggers: readonly string[]
  readonly schedules: readonly Schedule[]
  /** Every function that one of the above invokes. */
  readonly functions: readonly DeclaredFunction[]
  readonly database: DeclaredDatabase
  /** Users as whom the functions connect. */
  readonly databaseUsers: readonly string[]
  /** The UDP gateway. */
  readonly gateway: Gateway
  /** What takes the Sigfox callbacks; null where functions do. */
  readonly sigfoxGateway: Gateway | null
}

/** Reads the plan. Throws an Error naming the resource that the local run does not understand. */
export const readPlan = (assembly: Assembly, addresses: Addresses, timeScale: number): Plan => {
  const cloud = openCloud(assembly, addresses)
  const mappings = declaredMappings(cloud, addresses.sqsUrl, timeScale)
  const streamMappings = declaredStreamMappings(cloud, timeScale)
  const routes = declaredRoutes(cloud)
  const authorizers = declaredAuthorizers(cloud)
  const triggers = declaredTriggers(cloud)
  const schedules = declaredSchedules(cloud)
  const invoked = [...mappings, ...streamMappings, ...routes, ...authorizers, ...schedules].map(
    ({ functionArn }) => functionArn,
  )
  const byName = new Map<string, DeclaredFunction>()
  for (const arn of [...invoked, ...triggers]) {
    const fn = declaredFunction(cloud, arn)
    byName.set(fn.name, fn)
  }
  const functions = [...byName.values()]
  const gateways = declaredGateways(cloud)
  const gateway = gateways.find(({ environment }) => setting.udpPort in environment)
  if (!gateway) throw new Error(`The template declares no container with ${setting.udpPort}`)
  const users = functions.map(({ environment }) => environment[setting.databaseUser] ?? '').filter((user) => user)
  return {
    queues: declaredQueues(cloud, timeScale),
    streams: declaredStreams(cloud),
    mappings,
    streamMappings,
    routes,
    authorizers,
    triggers,
    schedules,
    functions,
    database: declaredDatabase(cloud),
    databaseUsers: [...new Set(users)],
    gateway,
    sigfoxGateway: gateways.find(({ environment }) => setting.httpPort in environment) ?? null,
  }
}
