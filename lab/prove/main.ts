import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { mutants } from './mutants/mutants.ts'
import { runMutants } from './mutants/mutate.ts'
import { readOptions } from './run/options.ts'
import { reportHtml } from './run/report.ts'
import { knownIds, runAll } from './run/run.ts'

const begunAt = new Date()
const sinceStart = () => {
  const seconds = Math.floor((Date.now() - begunAt.getTime()) / 1000)
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
}
const say = (line: string) => console.log(`${sinceStart()}  ${line}`)

const options = (() => {
  try {
    return readOptions(process.argv.slice(2), knownIds)
  } catch (error) {
    console.error((error as Error).message)
    process.exit(2)
  }
})()

if (options.mutants) {
  const chosen = mutants.filter(({ proof }) => options.only === null || options.only.includes(proof))
  const survived = await runMutants(chosen, options.seed, say)
  process.exit(survived === 0 ? 0 : 1)
}

say(`seed ${options.seed}`)
const entries = await runAll(options, say)
const path = resolve(options.report)
mkdirSync(dirname(path), { recursive: true })
writeFileSync(path, reportHtml(entries, { begunAt, seed: options.seed, size: options.size }))
const failed = entries.filter(({ faults }) => faults.length > 0).length
say(`${entries.length - failed} hold, ${failed} fail; the report is in ${path}; again with --seed ${options.seed}`)
process.exit(failed === 0 ? 0 : 1)
