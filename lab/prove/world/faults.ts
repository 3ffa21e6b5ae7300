import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '../../../test/support/random.ts'
import type { BusFault, SeenCall } from './proxy/bus.ts'
import type { Fault } from './proxy/fault.ts'
import type { World } from './world.ts'

/** A point at which a process can be hit: a call to the bus, or a COMMIT of a worker. */
export interface Point {
  readonly name: string
  readonly at: 'before' | 'after'
  readonly where: 'bus' | 'database'
  readonly action?: SeenCall['action']
  /** In the name of the topic, or of the process that commits. */
  readonly stage?: 'Raw' | 'Pulse'
}

const moments = ['before', 'after'] as const

/** Every point at which one of our processes talks to somebody else. */
export const points: readonly Point[] = moments.flatMap((at): Point[] => [
  { name: `publish to a raw topic, ${at}`, at, where: 'bus', action: 'publish', stage: 'Raw' },
  { name: `publish to a pulse topic, ${at}`, at, where: 'bus', action: 'publish', stage: 'Pulse' },
  { name: `commit of a raw worker, ${at}`, at, where: 'database', stage: 'Raw' },
  { name: `commit of a pulse worker, ${at}`, at, where: 'database', stage: 'Pulse' },
])

/** Where the bus's own side is hit: batches that come again, or are received by nobody. */
const pollerPoints: readonly Point[] = moments.flatMap((at): Point[] => [
  { name: `receive, ${at}`, at, where: 'bus', action: 'receive' },
  { name: `delete, ${at}`, at, where: 'bus', action: 'delete' },
])

type Deed = 'kill' | 'cut' | 'error' | 'wait' | 'partial'

export interface PlannedFault {
  readonly point: Point
  readonly deed: Deed
}

export const nameOf = ({ point, deed }: PlannedFault) => `${deed}: ${point.name}`

const deedsAt = (point: Point): Deed[] => {
  if (point.where === 'database') return ['kill', 'cut', 'wait']
  if (point.action !== 'publish') return ['cut', 'error', 'wait']
  return point.at === 'before' ? ['kill', 'cut', 'error', 'wait', 'partial'] : ['kill', 'cut', 'error', 'wait']
}

/** All single faults. */
export const catalogue: readonly PlannedFault[] = [...points, ...pollerPoints].flatMap((point) =>
  deedsAt(point).map((deed) => ({ point, deed })),
)

const waitMs = 300
const failingPart = 0.3

const faultOf = ({ point, deed }: PlannedFault, random: Random): BusFault => {
  if (deed === 'partial') return { do: 'partial', fails: () => random.next() < failingPart }
  if (deed === 'wait') return { at: point.at, do: 'wait', until: pause(waitMs) }
  return { at: point.at, do: deed }
}

const processNames = (world: World, pid: number | null) =>
  Object.entries(world.local.processes())
    .filter(([, pids]) => pid !== null && pids.includes(pid))
    .map(([name]) => name)

/** Whether the fault is due, each time that its point is passed. */
export type Due = (fault: PlannedFault) => boolean

/**
 * Does the faults to the world, each when it is due, until the function returned is called; that answers how often each
 * was done, by name.
 */
export const commit = (world: World, faults: readonly PlannedFault[], due: Due, random: Random) => {
  const done = new Map<string, number>()
  const take = (fault: PlannedFault) => {
    done.set(nameOf(fault), (done.get(nameOf(fault)) ?? 0) + 1)
    return faultOf(fault, random)
  }
  world.bus.inject((call) => {
    const fits = faults.filter(
      ({ point }) =>
        point.where === 'bus' && point.action === call.action && (!point.stage || call.topic.includes(point.stage)),
    )
    const fault = fits.find(due)
    return fault ? take(fault) : null
  })
  const ofDatabase = faults.filter(({ point }) => point.where === 'database')
  world.database.inject(({ caller }) => {
    if (ofDatabase.length === 0) return null
    const [name = ''] = processNames(world, caller())
    const fault = ofDatabase.filter(({ point }) => name.includes(`${point.stage}Worker`)).find(due)
    return fault ? (take(fault) as Fault) : null
  })
  return () => {
    world.bus.inject(null)
    world.database.inject(null)
    return done
  }
}

/** Each fault `times` times, with a few passes between them. */
export const timesEach = (times: number, gap: number, random: Random): Due => {
  const left = new Map<PlannedFault, { times: number; skip: number }>()
  return (fault) => {
    const state = left.get(fault) ?? { times, skip: random.below(gap) }
    left.set(fault, state)
    if (state.times === 0) return false
    if (state.skip-- > 0) return false
    state.times--
    state.skip = random.below(gap)
    return true
  }
}
