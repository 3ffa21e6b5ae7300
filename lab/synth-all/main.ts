import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib/core'
import { buildStage } from '../../bin/app.ts'
import { variantsOf } from '../../bin/variants.ts'
import { aligned } from '../../commands/command-line/aligned.ts'
import { buses, type Stage, sigfoxDoors } from '../../lib/stage/stage.ts'

const root = join(import.meta.dirname, '../..')

/** CloudFormation's own limits of a template. */
const limits = { resources: 500, bytes: 1_000_000 }

// One folder for all apps: a variant finds there what another on the same bus has bundled.
const outdir = join(root, 'cdk.out', 'all')
const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))

/** Synthesises all stages on one bus and behind one door as one app, and keeps the templates in their own folder. */
const synthesise = (bus: Stage['bus'], door: Stage['sigfoxDoor']): string[][] => {
  const folder = join(outdir, `${bus}-${door}`)
  mkdirSync(folder, { recursive: true })
  const app = new App({ context, outdir })
  const built = variantsOf(bus, door).map((stage) => buildStage(stage, app))
  const assembly = app.synth()
  return built.flatMap(({ data, ingest }) =>
    [data, ingest].map(({ artifactId, stackName }) => {
      const { template, templateFile, templateFullPath } = assembly.getStackArtifact(artifactId)
      copyFileSync(templateFullPath, join(folder, templateFile))
      const resources = Object.keys(template.Resources).length
      const bytes = JSON.stringify(template).length
      if (resources > limits.resources || bytes > limits.bytes)
        throw new Error(
          `${stackName} on ${bus} with ${door} has ${resources} resources and ${bytes} bytes; CloudFormation takes ${limits.resources} and ${limits.bytes}.`,
        )
      return [stackName, bus, door, String(resources), `${Math.ceil(bytes / 1_000)} KB`]
    }),
  )
}

const start = performance.now()
rmSync(outdir, { recursive: true, force: true })
const rows = buses.flatMap((bus) => sigfoxDoors.flatMap((door) => synthesise(bus, door)))
const table = aligned([['stack', 'bus', 'Sigfox door', 'resources', 'template'], ...rows])
process.stdout.write(
  `${table}\n${rows.length} templates, validated, with their bundles, in ${((performance.now() - start) / 1_000).toFixed(1)} s\n`,
)
