import { type Flow, flowSince, readFlow } from '../../../test/support/flow.ts'
import { drain, readBack } from '../../ledger/read-back.ts'
import { commitFaults } from '../faults/commit.ts'
import type { PlannedFault } from '../faults/parse.ts'
import { type Account, openAccount } from '../measure/account.ts'
import { followMessages } from '../measure/end-to-end.ts'
import { type Observer, observe } from '../measure/observe.ts'
import { resultOf } from '../measure/reckon.ts'
import { createLoadFleet, type LoadFleet } from '../plan/fleet.ts'
import type { LoadPlan } from '../plan/plan.ts'
import type { LoadResult, Sample } from '../result/result.ts'
import { type Sender, startSender } from '../sender/start.ts'
import { isDiskFull } from '../system/disk.ts'
import { LoadFault, type System } from '../system/system.ts'
import { openLedgerFile } from './ledger-file.ts'

const leadMs = 700
/** A pack that a worker returns to the bus comes again after six minutes. */
const drainLimitMs = { whole: 420_000, interrupted: 15_000 } as const
/** The number of waiting packs is a second old, and a worker that was killed or stopped needs time. */
const quietMs = { plain: 1_500, withFaults: 4_000 } as const
/** Longer than a storm stops the database. */
const silenceMs = 45_000
const diskEveryMs = 2_000

export interface RunParts {
  readonly system: System
  readonly plan: LoadPlan
  readonly faults: readonly PlannedFault[]
  readonly say: (line: string) => void
  readonly sampled: (sample: Sample) => void
  /** Ends the sending. What was sent until then is accounted for. */
  readonly interrupt: AbortSignal
}

interface Finished {
  readonly result: LoadResult
  /** A sentence if a full disk ended the sending, else null. */
  readonly full: string | null
}

interface Begun extends RunParts {
  readonly fleet: LoadFleet
  readonly account: Account
  readonly before: Flow
  readonly beginsAtMs: number
}

/** Sends until everything is sent, the run is interrupted, or the disk is full. */
const sendAll = async (run: Begun, sender: Sender) => {
  const { system, faults, beginsAtMs, interrupt, say } = run
  const over = new AbortController()
  const { marks, done } = system.look
    ? commitFaults(faults, system.look, beginsAtMs, over.signal, say)
    : { marks: [], done: Promise.resolve() }
  let full: string | null = null
  const watch = setInterval(() => {
    if (full !== null || system.dataDir === null || !isDiskFull(system.dataDir)) return
    full = `The disk of ${system.dataDir} is full: no more is sent.`
    say(full)
    sender.stop()
  }, diskEveryMs)
  const stop = () => sender.stop()
  interrupt.addEventListener('abort', stop)
  try {
    return { summary: await sender.done, marks, full }
  } finally {
    clearInterval(watch)
    interrupt.removeEventListener('abort', stop)
    over.abort()
    await done
  }
}

const drainSystem = async ({ system, faults, interrupt }: Begun, observer: Observer) => {
  const quiet = faults.length > 0 ? quietMs.withFaults : quietMs.plain
  const drained = await drain(system.apiUrl, {
    limitMs: interrupt.aborted ? drainLimitMs.interrupted : drainLimitMs.whole,
    waiting: async () => (system.look ? (observer.waiting() ?? 1) : 0),
    quietMs: quiet,
    silenceMs,
  })
  // it had been quiet for this long when it counted as drained
  return { ...drained, atMs: Date.now() - (drained.inTime ? quiet : 0) }
}

const runBegun = async (run: Begun, sender: Sender): Promise<Finished> => {
  const { system, fleet, account, before, beginsAtMs, say, sampled } = run
  const observer = observe({ system, before, account, senderPid: sender.pid, beginsAtMs, sampled })
  await observer.begin()
  const following = new AbortController()
  const followed = followMessages(fleet, system.apiUrl, beginsAtMs, following.signal)
  const { summary, marks, full } = await sendAll(run, sender)
  say('all sent; waiting until everything is counted')
  const drained = await drainSystem(run, observer)
  if (!drained.inTime)
    say(`not everything was counted in time: what is in ${drained.packs} packs on the bus counts as lost`)
  following.abort()
  await followed.ended
  await observer.stop()
  say('reading everything back')
  const { startSeconds, seconds, speed } = fleet.plan
  const isOwn = system.dataDir !== null
  // in a system that others use too, only what this fleet may have sent is read back
  const hourBefore = startSeconds - 3_600
  await readBack(
    system.apiUrl,
    account.ledger,
    isOwn ? () => true : fleet.isOurs,
    isOwn ? null : [hourBefore, Math.ceil(startSeconds + seconds * speed) + 1],
  )
  const flow = flowSince(before, drained.flow)
  const result = resultOf({ ...run, summary, observer, flow, drainedAtMs: drained.atMs, marks, endToEnd: followed })
  return { result, full }
}

/** Sends a plan to a system, watches it, waits until everything is counted, and reads everything back. */
export const runLoad = async (parts: RunParts): Promise<Finished> => {
  const { system, plan, interrupt } = parts
  const fleet = createLoadFleet(plan)
  const account = openAccount(fleet)
  const file = openLedgerFile(plan, account.ledger.answers)
  let isWhole = false
  const beginsAtMs = Date.now() + leadMs
  const { httpUrl, token, udpHost, udpPort } = system
  const sender = startSender({ plan, httpUrl, token, udpHost, udpPort, beginsAtMs }, account.take)
  try {
    const before = await readFlow(system.apiUrl)
    const finished = await runBegun({ ...parts, fleet, account, before, beginsAtMs }, sender)
    isWhole = !interrupt.aborted && finished.full === null
    return finished
  } catch (error) {
    throw new LoadFault(`${(error as Error).message} What was sent until then is in ${file.path}.`)
  } finally {
    sender.stop()
    file.close(!isWhole)
    if (!isWhole) parts.say(`the ledger of what was sent is in ${file.path}`)
  }
}
