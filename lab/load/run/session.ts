import { tmpdir } from 'node:os'
import { type PlannedFault, readFaults } from '../faults/parse.ts'
import { type LoadPlan, messagesOf } from '../plan/plan.ts'
import { planText } from '../plan/print.ts'
import { isEven } from '../result/fates.ts'
import type { LoadResult } from '../result/result.ts'
import { requireSpace } from '../system/disk.ts'
import { startLocalSystem } from '../system/local.ts'
import { reachSystem } from '../system/remote.ts'
import { LoadFault, type System } from '../system/system.ts'
import type { Options } from './options.ts'
import { createProgress } from './progress.ts'
import { runLoad } from './run.ts'

/** With faults, the packs of a killed worker come again after ten seconds, not after six minutes. */
const timeScaleWithFaults = 36
/** After a longer drain the logs are kept. */
const slowDrainSeconds = 60

const open = async (
  { addresses, bus, stage, assembly, timeScale }: Options,
  plan: LoadPlan,
  faults: readonly PlannedFault[],
  say: (line: string) => void,
): Promise<System> => {
  if (addresses) return reachSystem(addresses)
  requireSpace(tmpdir(), messagesOf(plan))
  const scale = timeScale ?? (faults.length > 0 ? timeScaleWithFaults : 1)
  return startLocalSystem({ bus, stage, timeScale: scale, assemblyFolder: assembly }, say)
}

interface Session {
  readonly options: Options
  readonly plan: LoadPlan
  readonly interrupt: AbortSignal
  /** Called with the system before anything is sent. */
  readonly opened?: (system: System) => Promise<void>
  /** Called with the result while the system still runs. */
  readonly found: (result: LoadResult) => void
}

/** Sends one plan to a system that is started and stopped for it, or to one that already runs. */
export const runSession = async ({ options, plan, interrupt, opened, found }: Session): Promise<void> => {
  const { quiet } = options
  const faults = readFaults(options.faults, plan.seconds, plan.seed)
  const progress = createProgress(process.stderr, plan.seconds, quiet)
  if (!quiet) console.log(`${planText(plan)}\n`)
  const system = await open(options, plan, faults, progress.say)
  let isFine = false
  try {
    await opened?.(system)
    if (interrupt.aborted) return
    const { result, full } = await runLoad({
      system,
      plan,
      faults,
      say: progress.say,
      sampled: progress.show,
      interrupt,
    })
    isFine = isEven(result) && result.drainSeconds < slowDrainSeconds
    found(result)
    // nothing is wrong, but the run did not send what was asked for
    if (full !== null && isEven(result)) throw new LoadFault(full)
  } finally {
    const logs = await system.stop(!isFine)
    if (logs !== null) progress.say(`the logs of the system are in ${logs}`)
  }
}
