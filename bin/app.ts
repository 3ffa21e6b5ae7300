import { App, Tags } from 'aws-cdk-lib/core'
import { DataStack } from '../lib/data-stack.ts'
import { IngestStack } from '../lib/ingest-stack.ts'
import { checkStage } from '../lib/stage/check-stage.ts'
import type { Stage } from '../lib/stage/stage.ts'
import { type Choices, choose, fromCommandLine, StageError } from './choices.ts'

/** Both stacks of a stage. Throws a StageError that lists every fault, before anything is made. */
export const buildStage = (stage: Stage, app = new App()) => {
  const faults = checkStage(stage)
  if (faults.length > 0)
    throw new StageError(
      `Stage "${stage.name}" in bin/stages.ts cannot work:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    )
  const env = stage.region === '' ? {} : { env: { region: stage.region } }
  const tags = { Project: 'sluice', Stage: stage.name }
  const data = new DataStack(app, `sluice-${stage.name}-data`, { stage, tags, ...env })
  const ingest = new IngestStack(app, `sluice-${stage.name}-ingest`, { stage, data, tags, ...env })
  // A stack's own tags reach what CDK cannot tag; these are in the template, where tests and reviews see them.
  for (const stack of [data, ingest]) for (const [name, value] of Object.entries(tags)) Tags.of(stack).add(name, value)
  return { app, stage, data, ingest }
}

/** Both stacks of the stage named `env` in `stages.ts`, with the choices applied. Throws a StageError. */
export const build = (env: string, app = new App(), choices: Choices = {}) => buildStage(choose(env, choices), app)

if (import.meta.main) {
  const app = new App()
  const [env, choices] = fromCommandLine(app)
  try {
    build(env, app, choices)
  } catch (error) {
    if (!(error instanceof StageError)) throw error
    console.error(error.message)
    process.exit(1)
  }
  app.synth()
}
