import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { growthPage } from './report/growth-page.ts'
import { printGrowth } from './report/growth-table.ts'
import { htmlReport } from './report/page.ts'
import { jsonReport, printReport } from './report/table.ts'
import { isEven } from './result/fates.ts'
import { measureGrowth } from './run/growth.ts'
import { type Options, readOptions } from './run/options.ts'
import { runSession } from './run/session.ts'
import { LoadFault } from './system/system.ts'

/** npm repeats the Ctrl-C that the terminal has already sent. A second signal this soon is the same Ctrl-C. */
const sameSignalMs = 1_000

const write = (path: string | null, text: () => string) => {
  if (path === null) return
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text())
  } catch (error) {
    throw new LoadFault(`${path} cannot be written: ${(error as Error).message}.`)
  }
}

const runOne = async (options: Options, interrupt: AbortSignal): Promise<number> => {
  let exitCode = 130
  await runSession({
    options,
    plan: options.plan,
    interrupt,
    found: (result) => {
      exitCode = isEven(result) ? (interrupt.aborted ? 130 : 0) : 1
      if (!options.quiet) console.log(`\n${printReport(result)}`)
      write(options.json, () => jsonReport(result))
      write(options.html, () => htmlReport(result))
    },
  })
  return exitCode
}

const runSeveral = async (options: Options, interrupt: AbortSignal): Promise<number> => {
  const growth = await measureGrowth(options, interrupt)
  if (growth === null) return 130
  if (!options.quiet) console.log(`\n${printGrowth(growth)}`)
  write(options.json, () => jsonReport(growth))
  write(options.html, () => growthPage(growth))
  return growth.sizes.every(({ isEven }) => isEven) ? 0 : 1
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
  const options = readOptions(process.argv.slice(2), Date.now())
  process.exitCode = await (options.sizes.length > 1 ? runSeveral : runOne)(options, interrupt.signal)
} catch (error) {
  if (!(error instanceof LoadFault)) throw error
  console.error(error.message)
  process.exitCode = 2
}
