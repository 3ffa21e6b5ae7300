import { App, Tags } from 'aws-cdk-lib/core'
import { DataStack } from '../lib/data-stack.ts'
import { IngestStack } from '../lib/ingest-stack.ts'
import { checkStage, type Stage } from '../lib/stage.ts'
import { stages } from './stages.ts'

/** A stage that does not exist or cannot work; the message is for the person who chose it. */
export class StageError extends Error {}

const buses: readonly Stage['bus'][] = ['sqs', 'kinesis']

const choose = (env: string, busName?: string): Stage => {
  const literal = stages[env]
  if (!literal)
    throw new StageError(
      `There is no stage "${env}"; choose one of ${Object.keys(stages).join(', ')} with -c env=NAME.`,
    )
  const bus = buses.find((name) => name === (busName ?? literal.bus))
  if (!bus) throw new StageError(`There is no bus "${busName}"; choose one of ${buses.join(', ')} with -c bus=NAME.`)
  const stage = { ...literal, bus }
  const faults = checkStage(stage)
  if (faults.length > 0)
    throw new StageError(`Stage "${env}" in bin/stages.ts cannot work:\n${faults.map((f) => `  - ${f}`).join('\n')}`)
  return stage
}

/** Both stacks of the stage named `env`, on its own bus or on another. Throws a StageError that lists every fault, before anything is made. */
export const build = (env: string, app = new App(), bus?: string) => {
  const stage = choose(env, bus)
  const data = new DataStack(app, `sluice-${stage.name}-data`, { stage })
  const ingest = new IngestStack(app, `sluice-${stage.name}-ingest`, { stage, data })
  for (const stack of [data, ingest]) {
    Tags.of(stack).add('Project', 'sluice')
    Tags.of(stack).add('Stage', stage.name)
  }
  return { app, stage, data, ingest }
}

if (import.meta.main) {
  const app = new App()
  try {
    build(app.node.tryGetContext('env') ?? 'dev', app, app.node.tryGetContext('bus'))
  } catch (error) {
    if (!(error instanceof StageError)) throw error
    console.error(error.message)
    process.exit(1)
  }
  app.synth()
}
