import { childrenOf, commandLineOf, cpuSecondsOf, memoryMegabytesOf } from '../../processes/proc.ts'

/** What a process has spent, and the most memory that it ever held. */
interface ProcessFigures {
  readonly cpuSeconds: number
  readonly peakRssMb: number
}

/** Backends of PostgreSQL that answer the API: as it stands in their title. What asks it is the load itself. */
const answersTheApi = (pid: number): boolean => /^postgres: sluice_reader /.test(commandLineOf(pid))

/**
 * CPU of a process and, where asked for, of all that it started, ended ones too, but for those that answer the API and
 * run; null where it is gone.
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

/** Processes by the stage they serve. */
const stages: readonly (readonly [RegExp, string])[] = [
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
const stageOf = (name: string) => stages.find(([pattern]) => pattern.test(name))?.[1] ?? 'upkeep'

/**
 * Adds up what the processes of each stage spend from `begin` on. A process that was killed keeps what it had at the
 * last look.
 */
export const createCpuMeter = () => {
  const first = new Map<number, number>()
  const last = new Map<number, { stage: string; cpuSeconds: number }>()
  const peaks: Record<string, number> = {}
  /** Of each server, what backends that answer the API had at the last look. One that has ended counts with the server: it is taken off. */
  const apiSeconds = new Map<number, Map<number, number>>()
  let isBegun = false

  const take = (stage: string, pid: number, { cpuSeconds, peakRssMb }: ProcessFigures) => {
    peaks[stage] = Math.max(peaks[stage] ?? 0, peakRssMb)
    last.set(pid, { stage, cpuSeconds })
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
        // of all of them only the server has processes of its own that count
        if (name === 'postgres') lookAtServer(pid)
        else {
          const figures = figuresOf(pid, false)
          if (figures) take(stageOf(name), pid, figures)
        }
      }
  }
  return {
    look,
    /** From here on it counts. */
    begin: (processes: Readonly<Record<string, readonly number[]>>) => {
      look(processes)
      isBegun = true
    },
    seconds: (): Record<string, number> => {
      const sums: Record<string, number> = {}
      for (const [pid, { stage, cpuSeconds }] of last)
        sums[stage] = (sums[stage] ?? 0) + cpuSeconds - (first.get(pid) ?? 0)
      return sums
    },
    peakRssMb: () => peaks,
  }
}
