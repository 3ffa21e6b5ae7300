import { App, Tags } from 'aws-cdk-lib/core'
import { DataStack } from '../lib/data-stack.ts'
import { IngestStack } from '../lib/ingest-stack.ts'
import { checkStage } from '../lib/stage/check-stage.ts'
import type { Stage } from '../lib/stage/stage.ts'
import { stages } from './stages.ts'

/** A stage that does not exist or cannot work; the message is for the person who chose it. */
export class StageError extends Error {}

/** What of a stage may be said on the command line as well. */
export interface Choices {
  readonly bus?: string | undefined
  readonly door?: string | undefined
  /** Name of the container door, with the ARN of its certificate. */
  readonly domain?: string | undefined
  readonly certificate?: string | undefined
}

const buses: readonly Stage['bus'][] = ['sqs', 'kinesis']
const doors: readonly Stage['sigfoxDoor'][] = ['lambda', 'container']

const choose = (env: string, { bus: saidBus, door: saidDoor, domain, certificate }: Choices): Stage => {
  const faults: string[] = []
  const oneOf = <T extends string>(known: readonly T[], what: string, option: string, said: string | undefined) => {
    const found = known.find((name) => name === said)
    if (said !== undefined && found === undefined)
      faults.push(`There is no ${what} "${said}"; choose one of ${known.join(', ')} with -c ${option}=NAME.`)
    return found
  }
  const literal = stages[oneOf(Object.keys(stages), 'stage', 'env', env) ?? '']
  const bus = oneOf(buses, 'bus', 'bus', saidBus)
  const sigfoxDoor = oneOf(doors, 'Sigfox door', 'door', saidDoor)
  if ((domain === undefined) !== (certificate === undefined))
    faults.push('-c domain=NAME and -c certificate=ARN belong together; say both or neither.')
  if (literal === undefined || faults.length > 0) throw new StageError(faults.join('\n'))
  const callbacks = domain !== undefined && certificate !== undefined && { name: domain, certificateArn: certificate }
  return {
    ...literal,
    ...(bus && { bus }),
    ...(sigfoxDoor && { sigfoxDoor }),
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

/** Both stacks of the stage named `env`, as its literal says or as chosen. Throws a StageError that lists every fault. */
export const build = (env: string, app = new App(), choices: Choices = {}) => buildStage(choose(env, choices), app)

if (import.meta.main) {
  const app = new App()
  const said = (name: string): string | undefined => app.node.tryGetContext(name)
  try {
    build(said('env') ?? 'dev', app, {
      bus: said('bus'),
      door: said('door'),
      domain: said('domain'),
      certificate: said('certificate'),
    })
  } catch (error) {
    if (!(error instanceof StageError)) throw error
    console.error(error.message)
    process.exit(1)
  }
  app.synth()
}
