import { App, Tags } from 'aws-cdk-lib/core'
import { DataStack } from '../lib/data-stack.ts'
import { IngestStack } from '../lib/ingest-stack.ts'
import { checkStage, type Stage } from '../lib/stage.ts'
import { stages } from './stages.ts'

/** A stage that does not exist or cannot work; the message is for the person who chose it. */
export class StageError extends Error {}

const choose = (env: string): Stage => {
  const stage = stages[env]
  if (!stage)
    throw new StageError(
      `There is no stage "${env}"; choose one of ${Object.keys(stages).join(', ')} with -c env=NAME.`,
    )
  const faults = checkStage(stage)
  if (faults.length > 0)
    throw new StageError(`Stage "${env}" in bin/stages.ts cannot work:\n${faults.map((f) => `  - ${f}`).join('\n')}`)
  return stage
}

/** Both stacks of the stage named `env`. Throws a StageError that lists every fault, before anything is made. */
export const build = (env: string, app = new App()) => {
  const stage = choose(env)
  const data = new DataStack(app, `sluice-${stage.name}-data`, { stage })
  const ingest = new IngestStack(app, `sluice-${stage.name}-ingest`, { stage, data })
  for (const stack of [data, ingest]) {
    Tags.of(stack).add('Project', 'sluice')
    Tags.of(stack).add('Stage', stage.name)
  }
  return { app, data, ingest }
}

if (import.meta.main) {
  const app = new App()
  try {
    build(app.node.tryGetContext('env') ?? 'dev', app)
  } catch (error) {
    if (!(error instanceof StageError)) throw error
    console.error(error.message)
    process.exit(1)
  }
  app.synth()
}
