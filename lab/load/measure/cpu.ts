import { childrenOf, commandLineOf, cpuSecondsOf, memoryMegabytesOf } from '../../processes/proc.ts'

/** CPU time and peak memory of a process. */
interface ProcessFigures {
  readonly cpuSeconds: number
  readonly peakRssMb: number
}

/** Whether this is a PostgreSQL backend that serves the API, by its title. The load itself is what asks the API. */
const answersTheApi = (pid: number): boolean => /^postgres: sluice_reader /.test(commandLineOf(pid))

/**
 * CPU of a process. With its children, ended ones included, the running backends that serve the API are left out. Null if
 * the process has ended.
 */
const figuresOf = (pid: number, withChildren: boolean): ProcessFigures | null => {
  const cpuSeconds = cpuSecondsOf(pid, withChildren)
  if (cpuSeconds === null) return null
  const own = withChildren ? childrenOf(pid).filter((child) => !answersTheApi(child)) : []
  const children = own.map((child) => figuresOf(child, true))
  return {
    cpuSeconds: cpuSeconds + children.reduce((sum, child) => sum + (child?.cpuSeconds ?? 0), 0),
    peakRssMb: children.reduce((most, child) => Math.max(most, child?.peakRssMb ?? 0), memoryMegabytesOf(pid).peak),
  }
}

/** The names of processes, and the part of the system that they belong to. */
const parts: readonly (readonly [RegExp, string])[] = [
  [/^gateway$/, 'gateway'],
  [/RawWorker/, 'rawWorker'],
  [/PulseWorker/, 'pulseWorker'],
  [/Sigfox/, 'callback'],
  [/^postgres$/, 'database'],
  [/^(queues|streams)$/, 'busEmulator'],
  [/Api/, 'api'],
  [/^runner$/, 'runner'],
  [/^sender$/, 'sender'],
]
const partOf = (name: string) => parts.find(([pattern]) => pattern.test(name))?.[1] ?? 'upkeep'

/**
 * Adds up what the processes of each part spend from `begin` on. A killed process counts with what it had at the last
 * look.
 */
export const createCpuMeter = () => {
  const first = new Map<number, number>()
  const last = new Map<number, { part: string; cpuSeconds: number }>()
  const peaks: Record<string, number> = {}
  /** For each server: what its backends that serve the API had spent at the last look. The kernel adds ended ones to the server, so they are subtracted. */
  const apiSeconds = new Map<number, Map<number, number>>()
  let isBegun = false

  const take = (part: string, pid: number, { cpuSeconds, peakRssMb }: ProcessFigures) => {
    peaks[part] = Math.max(peaks[part] ?? 0, peakRssMb)
    last.set(pid, { part, cpuSeconds })
    if (!isBegun) first.set(pid, cpuSeconds)
  }
  const lookAtServer = (pid: number) => {
    const backends = childrenOf(pid).filter(answersTheApi)
    const server = figuresOf(pid, true)
    const seen = apiSeconds.get(pid) ?? new Map<number, number>()
    apiSeconds.set(pid, seen)
    for (const backend of backends) {
      const figures = figuresOf(backend, false)
      if (!figures) continue
      seen.set(backend, figures.cpuSeconds)
      take('api', backend, figures)
    }
    if (!server) return
    let ended = 0
    for (const [backend, seconds] of seen) if (!backends.includes(backend)) ended += seconds
    take('database', pid, { ...server, cpuSeconds: server.cpuSeconds - ended })
  }
  const look = (processes: Readonly<Record<string, readonly number[]>>) => {
    for (const [name, pids] of Object.entries(processes))
      for (const pid of pids) {
        if (pid <= 0) continue
        // only the database server has children that count
        if (name === 'postgres') lookAtServer(pid)
        else {
          const figures = figuresOf(pid, false)
          if (figures) take(partOf(name), pid, figures)
        }
      }
  }
  return {
    look,
    /** Starts to count. */
    begin: (processes: Readonly<Record<string, readonly number[]>>) => {
      look(processes)
      isBegun = true
    },
    seconds: (): Record<string, number> => {
      const sums: Record<string, number> = {}
      for (const [pid, { part, cpuSeconds }] of last)
        sums[part] = (sums[part] ?? 0) + cpuSeconds - (first.get(pid) ?? 0)
      return sums
    },
    peakRssMb: () => peaks,
  }
}
