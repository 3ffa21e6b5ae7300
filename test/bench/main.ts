import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { type Part, type Progress, plain, type Section, table } from './report.ts'

const gateway: Part = async (progress) => {
  progress('gateway: half a minute of datagrams over loopback')
  const { benchGateway } = await import('./gateway.ts')
  const rows = await benchGateway()
  return [
    {
      title: 'UDP gateway, CPU a message',
      columns: ['what', 'messages/s', 'CPU µs', 'aim', 'x floor', 'lost', 'kernel drops'],
      rows: rows.map((row) => [
        row.what,
        row.messagesPerSecond,
        row.cpuMicrosecondsPerMessage,
        row.what === 'gateway, saturated' ? '<= 16' : '',
        row.ratioToFloor,
        row.lost,
        row.kernelDrops,
      ]),
      notes: [],
    },
  ]
}

/** What can be asked for, in the order of the report. */
const names = ['packs', 'raw', 'pulse', 'bundles', 'gateway']

const usage = `npm run bench -- [--json FILE] [${names.join('|')} ...]`

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true })
const unknown = positionals.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}: ${usage}`)
  process.exit(1)
}

const begin = performance.now()
const progress: Progress = (line) =>
  process.stderr.write(`${((performance.now() - begin) / 1000).toFixed(0).padStart(4)} s  ${line}\n`)

const asked = (name: string) => positionals.length === 0 || positionals.includes(name)
const sections: Section[] = []
// each is loaded when its turn comes: what one loads would disturb the others
if (asked('packs')) sections.push(...(await (await import('./packs.ts')).packs(progress)))
const wanted = (['raw', 'pulse'] as const).filter(asked)
if (wanted.length > 0) sections.push(...(await (await import('./stages.ts')).stages(progress, wanted)))
if (asked('bundles')) sections.push(...(await (await import('./bundles.ts')).bundles(progress)))
if (asked('gateway')) sections.push(...(await gateway(progress)))

const machine = `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}`
process.stdout.write(`\n${machine}. Nothing here is asserted.\n\n${sections.map(table).join('\n')}`)
if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine, sections: sections.map(plain) }, null, 2)}\n`)
