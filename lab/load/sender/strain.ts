import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Strain } from '../result/result.ts'

/** Busy time and all time of the machine, summed over its cores, in ticks. Null where the kernel does not say. */
export const machineTimes = (stat: string): { busy: number; all: number } | null => {
  const line = /^cpu +(.*)$/m.exec(stat)?.[1]
  if (line === undefined) return null
  // user nice system idle iowait irq softirq steal; guests are within user
  const times = line.split(' ').slice(0, 8).map(Number)
  const all = times.reduce((sum, time) => sum + time, 0)
  return { busy: all - (times[3] ?? 0) - (times[4] ?? 0), all }
}

const readMachine = () => {
  try {
    return machineTimes(readFileSync('/proc/stat', 'latin1'))
  } catch {
    return null
  }
}

const look = () => {
  const { user, system } = process.cpuUsage()
  return { atMs: performance.now(), ownMs: (user + system) / 1_000, machine: readMachine() }
}

/** Watches how far a sender falls behind its plan, and what was busy in its worst second. */
export const watchStrain = () => {
  let before = look()
  let lagMs = 0
  let worst: Strain = { lagMs: 0, ownCorePercent: null, machinePercent: null, cores: availableParallelism() }
  return {
    late: (ms: number) => {
      if (ms > lagMs) lagMs = ms
    },
    endSecond: () => {
      const now = look()
      if (lagMs > worst.lagMs) {
        const [a, b] = [before.machine, now.machine]
        worst = {
          ...worst,
          lagMs,
          ownCorePercent: (100 * (now.ownMs - before.ownMs)) / (now.atMs - before.atMs),
          machinePercent: a && b && b.all > a.all ? (100 * (b.busy - a.busy)) / (b.all - a.all) : null,
        }
      }
      before = now
      lagMs = 0
    },
    worst: () => worst,
  }
}
