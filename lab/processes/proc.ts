import { readFileSync } from 'node:fs'

/** A file that the kernel keeps about a process. Null where the process has ended, or the system is not Linux. */
const read = (pid: number, name: string): string | null => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1')
  } catch {
    return null
  }
}

export const childrenOf = (pid: number): number[] =>
  (read(pid, `task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number)

/** Words separated by zero bytes. A PostgreSQL backend writes its title here. */
export const commandLineOf = (pid: number): string => read(pid, 'cmdline') ?? ''

const ticksPerSecond = 100

/**
 * User and system time of a process in seconds. Null where it has ended.
 * @param withEnded adds the time of its children that have ended
 */
export const cpuSecondsOf = (pid: number, withEnded = false): number | null => {
  const stat = read(pid, 'stat')
  if (stat === null) return null
  // the name in parentheses may hold spaces, so the fields are counted after it
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ')
  const ticks = (withEnded ? [11, 12, 13, 14] : [11, 12]).reduce((sum, at) => sum + Number(fields[at]), 0)
  return ticks / ticksPerSecond
}

/** Resident memory of a process in MiB, now and at its peak. 0 where it has ended. */
export const memoryMegabytesOf = (pid: number): { readonly now: number; readonly peak: number } => {
  const status = read(pid, 'status') ?? ''
  const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') }
}

/** Sends a signal to each process that still runs. Null, 0 and 1 are skipped: 0 would be our own group. */
export const signalAll = (pids: readonly (number | null)[], signal: NodeJS.Signals): void => {
  for (const pid of pids)
    try {
      if (pid !== null && pid > 1) process.kill(pid, signal)
    } catch {
      // it has ended meanwhile
    }
}
