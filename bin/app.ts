import { App, Tags } from 'aws-cdk-lib/core'
import { checkStage } from '../lib/check-stage.ts'
import { DataStack } from '../lib/data-stack.ts'
import { IngestStack } from '../lib/ingest-stack.ts'
import type { Domain, Stage } from '../lib/stage.ts'
import { stages } from './stages.ts'

/** A stage that does not exist or cannot work; the message is for the person who chose it. */
export class StageError extends Error {}

/** What of a stage may be said on the command line as well. */
export interface Choices {
  bus?: string | undefined
  door?: string | undefined
  /** Name and certificate of the container door. */
  callbacks?: Domain | undefined
}

const buses: readonly Stage['bus'][] = ['sqs', 'kinesis']
const doors: readonly Stage['sigfoxDoor'][] = ['lambda', 'container']

const oneOf = <T extends string>(known: readonly T[], what: string, option: string, said: string): T => {
  const found = known.find((name) => name === said)
  if (found) return found
  throw new StageError(`There is no ${what} "${said}"; choose one of ${known.join(', ')} with -c ${option}=NAME.`)
}

const choose = (env: string, { bus, door, callbacks }: Choices): Stage => {
  const literal = Object.hasOwn(stages, env) ? stages[env] : undefined
  if (!literal)
    throw new StageError(
      `There is no stage "${env}"; choose one of ${Object.keys(stages).join(', ')} with -c env=NAME.`,
    )
  return {
    ...literal,
    bus: oneOf(buses, 'bus', 'bus', bus ?? literal.bus),
    sigfoxDoor: oneOf(doors, 'Sigfox door', 'door', door ?? literal.sigfoxDoor),
    domains: { ...literal.domains, ...(callbacks && { callbacks }) },
  }
}

/** Both stacks of a stage. Throws a StageError that lists every fault, before anything is made. */
export const buildStage = (stage: Stage, app = new App()) => {
  const faults = checkStage(stage)
  if (faults.length > 0)
    throw new StageError(
      `Stage "${stage.name}" in bin/stages.ts cannot work:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    )
  const env = stage.region === '' ? {} : { env: { region: stage.region } }
  const data = new DataStack(app, `sluice-${stage.name}-data`, { stage, ...env })
  const ingest = new IngestStack(app, `sluice-${stage.name}-ingest`, { stage, data, ...env })
  for (const stack of [data, ingest]) {
    Tags.of(stack).add('Project', 'sluice')
    Tags.of(stack).add('Stage', stage.name)
  }
  return { app, stage, data, ingest }
}

/** Both stacks of the stage named `env`, as its literal says or as chosen. Throws a StageError. */
export const build = (env: string, app = new App(), choices: Choices = {}) => buildStage(choose(env, choices), app)

/** `-c env=`, `bus=`, `door=`, and `domain=` with `certificate=` for a container door whose stage names none. */
const readContext = (app: App) => {
  const said = (name: string): string | undefined => app.node.tryGetContext(name)
  const [name, certificateArn] = [said('domain'), said('certificate')]
  if ((name === undefined) !== (certificateArn === undefined))
    throw new StageError('-c domain=NAME and -c certificate=ARN belong together; say both or neither.')
  const callbacks = name !== undefined && certificateArn !== undefined ? { name, certificateArn } : undefined
  return { env: said('env') ?? 'dev', choices: { bus: said('bus'), door: said('door'), callbacks } }
}

if (import.meta.main) {
  const app = new App()
  try {
    const { env, choices } = readContext(app)
    build(env, app, choices)
  } catch (error) {
    if (!(error instanceof StageError)) throw error
    console.error(error.message)
    process.exit(1)
  }
  app.synth()
}
