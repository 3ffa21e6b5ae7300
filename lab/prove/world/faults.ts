import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '../../../test/support/random.ts'
import type { BusFault, SeenCall } from './proxy/bus.ts'
import type { Fault } from './proxy/fault.ts'
import type { World } from './world.ts'

/** A point at which a fault can hit a process: a call to the bus, or a worker's COMMIT. */
export interface Point {
  readonly name: string
  readonly at: 'before' | 'after'
  readonly where: 'bus' | 'database'
  readonly action?: SeenCall['action']
  /** Part of the name of the topic, or of the process that commits. */
  readonly step?: 'Raw' | 'Pulse'
}

const moments = ['before', 'after'] as const

/** Every point at which a process of ours talks to another. */
export const points: readonly Point[] = moments.flatMap((at): Point[] => [
  { name: `publish to a raw topic, ${at}`, at, where: 'bus', action: 'publish', step: 'Raw' },
  { name: `publish to a pulse topic, ${at}`, at, where: 'bus', action: 'publish', step: 'Pulse' },
  { name: `commit of a raw worker, ${at}`, at, where: 'database', step: 'Raw' },
  { name: `commit of a pulse worker, ${at}`, at, where: 'database', step: 'Pulse' },
])

/** Points of the poller between bus and worker: a fault there makes batches come again, or get lost on the way. */
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

/** Every fault at every point. */
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

/** Asked each time the fault's point is passed: whether it strikes now. */
export type Due = (fault: PlannedFault) => boolean

/**
 * Injects the faults, each when it is due, until the returned function is called. That function returns how often each
 * fault struck, by name.
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
        point.where === 'bus' && point.action === call.action && (!point.step || call.topic.includes(point.step)),
    )
    const fault = fits.find(due)
    return fault ? take(fault) : null
  })
  const ofDatabase = faults.filter(({ point }) => point.where === 'database')
  world.database.inject(({ caller }) => {
    if (ofDatabase.length === 0) return null
    const [name = ''] = processNames(world, caller())
    const fault = ofDatabase.filter(({ point }) => name.includes(`${point.step}Worker`)).find(due)
    return fault ? (take(fault) as Fault) : null
  })
  return () => {
    world.bus.inject(null)
    world.database.inject(null)
    return done
  }
}

/** Each fault strikes `times` times, with a few passes in between. */
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
