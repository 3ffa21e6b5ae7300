import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { type PlannedFault, readFaults } from './faults/parse.ts'
import { type Options, readOptions } from './options.ts'
import { messagesOf } from './plan/plan.ts'
import { planText } from './plan/print.ts'
import { createProgress } from './progress.ts'
import { isEven } from './reckon.ts'
import { htmlReport, jsonReport, printReport } from './report/index.ts'
import type { LoadResult } from './result.ts'
import { runLoad } from './run.ts'
import { requireSpace } from './system/disk.ts'
import { startLocalSystem } from './system/local.ts'
import { reachSystem } from './system/remote.ts'
import { LoadFault, type System } from './system/system.ts'

/** With faults, what a killed worker held comes again after ten seconds and not after six minutes. */
const timeScaleWithFaults = 36
/** npm passes Ctrl-C on to us although the terminal has sent it already: a second one this soon is the same one. */
const sameSignalMs = 1_000
/** Longer than this is worth a look into the logs. */
const slowDrainSeconds = 60

const writeReport = (path: string, text: string) => {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  } catch (error) {
    throw new LoadFault(`${path} cannot be written: ${(error as Error).message}.`)
  }
}

const open = async (
  options: Options,
  faults: readonly PlannedFault[],
  say: (line: string) => void,
): Promise<System> => {
  const { addresses, bus, stage, assembly, plan } = options
  if (addresses) return reachSystem(addresses)
  requireSpace(tmpdir(), messagesOf(plan))
  const timeScale = options.timeScale ?? (faults.length > 0 ? timeScaleWithFaults : 1)
  return startLocalSystem({ bus, stage, timeScale, assemblyFolder: assembly }, say)
}

const report = (result: LoadResult, { json, html, quiet }: Options) => {
  if (!quiet) console.log(`\n${printReport(result)}`)
  if (json !== null) writeReport(json, jsonReport(result))
  if (html !== null) writeReport(html, htmlReport(result))
}

const run = async (options: Options, interrupt: AbortSignal): Promise<number> => {
  const { plan, quiet } = options
  const faults = readFaults(options.faults, plan.seconds, plan.seed)
  const progress = createProgress(process.stderr, plan.seconds, quiet)
  if (!quiet) console.log(`${planText(plan)}\n`)
  const system = await open(options, faults, progress.say)
  let isFine = false
  try {
    if (interrupt.aborted) return 130
    const result = await runLoad({ system, plan, faults, say: progress.say, sampled: progress.show, interrupt })
    isFine = isEven(result) && result.drainSeconds < slowDrainSeconds
    report(result, options)
    return isEven(result) ? (interrupt.aborted ? 130 : 0) : 1
  } finally {
    const logs = await system.stop(!isFine)
    if (logs !== null) progress.say(`the logs of the system are in ${logs}`)
  }
}

const interrupt = new AbortController()
let askedAt = 0
const onSignal = () => {
  if (askedAt > 0 && Date.now() - askedAt < sameSignalMs) return
  if (askedAt > 0) process.exit(130)
  askedAt = Date.now()
  console.error('\nno more is sent; Ctrl-C again to stop at once')
  interrupt.abort()
}
process.on('SIGINT', onSignal)
process.on('SIGTERM', onSignal)

try {
  process.exitCode = await run(readOptions(process.argv.slice(2), Date.now()), interrupt.signal)
} catch (error) {
  if (!(error instanceof LoadFault)) throw error
  console.error(error.message)
  process.exitCode = 2
}
