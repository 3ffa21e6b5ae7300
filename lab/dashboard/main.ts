import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

// A picture needs no validation of the template, which would take 1.5 s.
process.env.CDK_VALIDATION = 'false'
const { App } = await import('aws-cdk-lib/core')
const { build } = await import('../../bin/app.ts')
const { StageError } = await import('../../bin/choices.ts')
const { widgetsOf } = await import('./body.ts')
const { draw } = await import('./draw.ts')

const root = join(import.meta.dirname, '../..')
const usage = `npm run dashboard:preview -- [STAGE] [--bus sqs|kinesis]
Draws the layout of a stage's CloudWatch dashboard with sample data, as .build/dashboard-STAGE.svg. STAGE: prod unless said.`

/** The dashboard in a stage's template, synthesised without bundling. */
const dashboardOf = (stage: string, bus: string | undefined) => {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
  const outdir = mkdtempSync(join(tmpdir(), 'sluice-dashboard-'))
  try {
    const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] }, outdir })
    const { ingest } = build(stage, app, { bus })
    const { Resources } = app.synth().getStackArtifact(ingest.artifactId).template as {
      Resources: Record<string, { Type: string; Properties: { DashboardBody?: unknown } }>
    }
    return Object.values(Resources).find(({ Type }) => Type === 'AWS::CloudWatch::Dashboard')?.Properties.DashboardBody
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}

const preview = () => {
  const options = { bus: { type: 'string' }, help: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  if (values.help) return `${usage}\n`
  const [stage = 'prod'] = positionals
  const picture = draw(`sluice-${stage}`, widgetsOf(dashboardOf(stage, values.bus)))
  const folder = join(root, '.build')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `dashboard-${stage}.svg`), picture)
  return `.build/dashboard-${stage}.svg\n`
}

try {
  process.stdout.write(preview())
} catch (error) {
  const isBadInput = error instanceof StageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
  if (!isBadInput) throw error
  process.stderr.write(`${(error as Error).message}\n${usage}\n`)
  process.exitCode = 2
}
