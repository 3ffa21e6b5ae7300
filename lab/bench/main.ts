import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { plain, type Section, table } from '../text/table.ts'
import type { Progress } from './measure/part.ts'

/** The benchmarks, in the order of the report. */
const names = ['packs', 'publish', 'parameters', 'raw', 'pulse', 'profile', 'day-rows', 'gateway', 'stall', 'bundles']

const usage = `npm run bench -- [--json FILE] [${names.join('|')} ...]`

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true })
const unknown = positionals.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. ${usage}`)
  process.exit(1)
}

const begin = performance.now()
const progress: Progress = (line) =>
  process.stderr.write(`${((performance.now() - begin) / 1000).toFixed(0).padStart(4)} s  ${line}\n`)

const asked = (name: string) => positionals.length === 0 || positionals.includes(name)
const sections: Section[] = []
// each is loaded when its turn comes, so that it does not disturb the others
if (asked('packs')) sections.push(...(await (await import('./bus/packs.ts')).packs(progress)))
if (asked('publish')) sections.push(...(await (await import('./bus/publish.ts')).publish(progress)))
if (asked('parameters')) sections.push(...(await (await import('./workers/parameters.ts')).parameters(progress)))
const wanted = (['raw', 'pulse'] as const).filter(asked)
if (wanted.length > 0) sections.push(...(await (await import('./workers/steps.ts')).steps(progress, wanted)))
if (asked('profile')) sections.push(...(await (await import('./workers/profile.ts')).profile(progress)))
if (asked('day-rows')) sections.push(...(await (await import('./layouts/day-rows.ts')).dayRows(progress)))
if (asked('gateway')) sections.push(...(await (await import('./gateway/gateway.ts')).gateway(progress)))
if (asked('stall')) sections.push(...(await (await import('./gateway/stall.ts')).stall(progress)))
if (asked('bundles')) sections.push(...(await (await import('./bundles.ts')).bundles(progress)))

const machine = `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}`
process.stdout.write(`\n${machine}. Nothing here is asserted.\n\n${sections.map(table).join('\n')}`)
if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine, sections: sections.map(plain) }, null, 2)}\n`)
