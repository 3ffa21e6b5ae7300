import { setTimeout as pause } from 'node:timers/promises'
import { childrenOf, signalAll } from '../../processes/proc.ts'
import type { FaultMark } from '../result/result.ts'
import type { Look } from '../system/messages.ts'
import { type PlannedFault, targets } from './parse.ts'

/** The target's processes at this moment, all of them started by this run. */
const pidsOf = ({ target }: PlannedFault, { processes }: Look): number[] => {
  const own = Object.entries(processes).flatMap(([name, pids]) => (targets[target].test(name) ? [...pids] : []))
  const all = target === 'db' ? own.flatMap((pid) => (pid > 1 ? [pid, ...childrenOf(pid)] : [])) : own
  return all.filter((pid) => Number.isInteger(pid) && pid > 1 && pid !== process.pid)
}

const appearLimitMs = 3_000
const appearPollMs = 100

/** Injects the faults into the run's own processes, each at its time, until `over`. No process stays stopped afterwards. */
export const commitFaults = (
  faults: readonly PlannedFault[],
  look: () => Promise<Look>,
  beginsAtMs: number,
  over: AbortSignal,
  say: (line: string) => void,
) => {
  const marks: FaultMark[] = []
  const until = (atMs: number) => pause(Math.max(0, atMs - Date.now()), null, { signal: over })

  /** Waits for a process: a function has none before its first call and just after a kill. */
  const findPids = async (fault: PlannedFault): Promise<number[]> => {
    for (const deadline = Date.now() + appearLimitMs; ; await until(Date.now() + appearPollMs)) {
      const pids = pidsOf(fault, await look())
      if (pids.length > 0 || Date.now() > deadline) return pids
    }
  }

  const commit = async (fault: PlannedFault) => {
    await until(beginsAtMs + fault.atSecond * 1_000)
    const pids = await findPids(fault)
    const atSecond = Math.round((Date.now() - beginsAtMs) / 100) / 10
    if (pids.length === 0) return say(`${fault.kind} of ${fault.target} at ${atSecond} s: it has no process now`)
    say(`${fault.kind} of ${fault.target} at ${atSecond} s`)
    signalAll(pids, fault.kind === 'kill' ? 'SIGKILL' : 'SIGSTOP')
    if (fault.kind === 'stop') {
      await until(Date.now() + fault.lastsSeconds * 1_000).catch(() => undefined)
      signalAll(pids, 'SIGCONT')
    }
    const lastedSeconds = Math.round((Date.now() - beginsAtMs) / 100 - atSecond * 10) / 10
    marks.push({
      kind: fault.kind,
      target: fault.target,
      atSecond,
      lastedSeconds: fault.kind === 'stop' ? lastedSeconds : 0,
    })
  }
  const done = Promise.allSettled(faults.map(commit))
  return { marks, done }
}
