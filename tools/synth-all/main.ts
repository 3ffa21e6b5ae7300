import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib/core'
import { build } from '../../bin/app.ts'
import { stages } from '../../bin/stages.ts'
import type { Stage } from '../../lib/stage.ts'
import { aligned } from '../aligned.ts'

const root = join(import.meta.dirname, '../..')
const buses: readonly Stage['bus'][] = ['sqs', 'kinesis']

/** CloudFormation's own limits of a template. */
const limits = { resources: 500, bytes: 1_000_000 }

/** All stages on one bus, in one app: what is bundled for one of them is bundled for all. */
const synthesise = (bus: Stage['bus']): string[][] => {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
  const outdir = join(root, 'cdk.out', 'all', bus)
  rmSync(outdir, { recursive: true, force: true })
  const app = new App({ context, outdir })
  const built = Object.keys(stages).map((name) => build(name, app, bus))
  const assembly = app.synth()
  return built.flatMap(({ data, ingest }) =>
    [data, ingest].map(({ artifactId, stackName }) => {
      const { template } = assembly.getStackArtifact(artifactId)
      const resources = Object.keys(template.Resources).length
      const bytes = JSON.stringify(template).length
      if (resources > limits.resources || bytes > limits.bytes)
        throw new Error(
          `${stackName} on ${bus} has ${resources} resources and ${bytes} bytes; CloudFormation takes ${limits.resources} and ${limits.bytes}.`,
        )
      return [stackName, bus, String(resources), `${Math.ceil(bytes / 1_000)} KB`]
    }),
  )
}

const start = performance.now()
const rows = buses.flatMap(synthesise)
const table = aligned([['stack', 'bus', 'resources', 'template'], ...rows])
process.stdout.write(
  `${table}\n${rows.length} templates, validated, with their bundles, in ${((performance.now() - start) / 1_000).toFixed(1)} s\n`,
)
