import { Session } from 'node:inspector/promises'
import type { Cell } from '../../text/table.ts'
import { sigfoxData as fleet, logOf } from '../fleet.ts'
import { costOf } from '../measure/cost.ts'
import { openBenchDatabase } from '../measure/database.ts'
import type { Part } from '../measure/part.ts'
import { watchStatements } from '../measure/statements.ts'
import { furnish } from './steps.ts'
import { rawEvents, workers } from './workers.ts'

const batch = 1_000
const messages = 20_000
const largest = 5

/** A profile as V8 writes it, through the inspector and with `--cpu-prof`. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
    readonly children?: readonly number[]
  }[]
  readonly samples?: readonly number[]
  readonly timeDeltas?: readonly number[]
}

const nodeParts: readonly (readonly [RegExp, string])[] = [
  [/dgram/, "Node's dgram"],
  [/buffer/, "Node's buffers"],
  [/http|net$|stream|event|timers|task_queues|abort|querystring|url$/, "Node's HTTP, sockets and events"],
]

const placeOf = (functionName: string, url: string): string | null => {
  if (functionName === '(garbage collector)') return 'garbage collection'
  if (functionName === '(program)') return 'outside of JavaScript: Node, the kernel'
  const [, library] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  if (library) return library.startsWith('@') ? 'AWS SDK' : `library ${library}`
  if (url.startsWith('node:')) return nodeParts.find(([pattern]) => pattern.test(url))?.[1] ?? "Node's other modules"
  // the project's files by folder
  return url === '' ? null : `${url.split('/').at(-2)}/`
}

/** Shares of the time that was not idle, by place. Native code counts to the JavaScript that called it. */
export const sharesOf = ({ nodes, samples = [], timeDeltas = [] }: CpuProfile): Map<string, number> => {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const micros = new Map<string, number>()
  samples.forEach((sample, i) => {
    let place: string | null = null
    for (let id: number | undefined = sample; id !== undefined && place === null; id = parents.get(id)) {
      const frame = byId.get(id)?.callFrame
      if (!frame || frame.functionName === '(idle)' || frame.url.startsWith('node:inspector')) return
      place = placeOf(frame.functionName, frame.url)
    }
    if (place !== null) micros.set(place, (micros.get(place) ?? 0) + (timeDeltas[i] ?? 0))
  })
  const total = [...micros.values()].reduce((sum, value) => sum + value, 0)
  return new Map([...micros].map(([place, value]) => [place, value / total]))
}

/** The largest costs of a step, then all others together. */
export const largestCosts = (step: string, micros: ReadonlyMap<string, number>): Cell[][] => {
  const total = [...micros.values()].reduce((sum, value) => sum + value, 0)
  const sorted = [...micros].sort(([, a], [, b]) => b - a)
  const rest = sorted.slice(largest).reduce((sum, [, value]) => sum + value, 0)
  return [...sorted.slice(0, largest), ['all others', rest] as const].map(([what, value]) => [
    step,
    what,
    value,
    `${Math.round((100 * value) / total)} %`,
  ])
}

export const costColumns = ['stage', 'what', 'µs a message', 'share']

/** Where the CPU of the two workers goes: by folder in Node, by statement in PostgreSQL. */
export const profile: Part = async (progress) => {
  const database = await openBenchDatabase()
  const session = new Session()
  session.connect()
  try {
    progress('profile: both workers')
    await furnish(database, fleet)
    const statements = await watchStatements(database.worker)
    const lane = workers(database.worker, fleet.lane)
    const next = logOf(fleet)
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: 200 })
    const costsOf = async (name: string, work: () => Promise<unknown>) => {
      statements.clear()
      await session.post('Profiler.start')
      const { nodeMicros } = await costOf(database.observer, work)
      const { profile } = await session.post('Profiler.stop')
      const inNode = [...sharesOf(profile as CpuProfile)].map(
        ([place, share]) => [place, (share * nodeMicros) / messages] as const,
      )
      const inServer = [...statements].map(([what, micros]) => [`PostgreSQL: ${what}`, micros / messages] as const)
      return largestCosts(name, new Map([...inNode, ...inServer]))
    }
    const run = async () => {
      const events = rawEvents(next(messages), batch)
      let ids: typeof events = []
      const raw = await costsOf('raw', async () => {
        ids = (await lane.raw(events)).following
      })
      return [...raw, ...(await costsOf('pulse', () => lane.pulse(ids)))]
    }
    await run()
    return [
      {
        title: `Largest costs of the workers: ${fleet.name}, ${batch.toLocaleString('en')} messages an invocation`,
        columns: costColumns,
        rows: await run(),
        notes: [
          'Under the profiler, which adds a little to what Node does. A folder includes the native code that it calls.',
        ],
      },
    ]
  } finally {
    session.disconnect()
    await database.close()
  }
}
