import type { App } from 'aws-cdk-lib/core'
import { buses, type Stage, sigfoxDoors } from '../lib/stage/stage.ts'
import { stages } from './stages.ts'

/** A stage that does not exist or cannot work. The message is for the person who chose it. */
export class StageError extends Error {}

/** What the command line may set instead of the literal in `stages.ts`. */
export interface Choices {
  readonly bus?: string | undefined
  readonly door?: string | undefined
  /** Domain of the Sigfox gateway, together with the ARN of its certificate. */
  readonly domain?: string | undefined
  readonly certificate?: string | undefined
  /** `false` for a first deployment, `true` to protect a stage that its literal does not. */
  readonly protected?: string | undefined
}

/** The stage with the choices applied. Throws a StageError that lists every fault. */
export const choose = (env: string, choices: Choices): Stage => {
  const faults: string[] = []
  const oneOf = <T extends string>(known: readonly T[], what: string, option: string, given: string | undefined) => {
    const found = known.find((name) => name === given)
    if (given !== undefined && found === undefined)
      faults.push(`There is no ${what} "${given}"; choose one of ${known.join(', ')} with -c ${option}=NAME.`)
    return found
  }
  const literal = stages[oneOf(Object.keys(stages), 'stage', 'env', env) ?? '']
  const bus = oneOf(buses, 'bus', 'bus', choices.bus)
  const sigfoxDoor = oneOf(sigfoxDoors, 'Sigfox door', 'door', choices.door)
  const isProtected = oneOf(['true', 'false'], 'protection', 'protected', choices.protected)
  const { domain: name, certificate: certificateArn } = choices
  if ((name === undefined) !== (certificateArn === undefined))
    faults.push('-c domain=NAME and -c certificate=ARN belong together; give both or neither.')
  if (literal === undefined || faults.length > 0) throw new StageError(faults.join('\n'))
  return {
    ...literal,
    ...(bus && { bus }),
    ...(sigfoxDoor && { sigfoxDoor }),
    ...(isProtected && { protected: isProtected === 'true' }),
    ...(name !== undefined &&
      certificateArn !== undefined && { domains: { ...literal.domains, callbacks: { name, certificateArn } } }),
  }
}

/** The stage and the choices of `cdk … -c env=NAME -c bus=NAME -c door=NAME -c domain=NAME -c certificate=ARN -c protected=false`. */
export const fromCommandLine = ({ node }: App): [env: string, choices: Choices] => {
  const option = (name: string): string | undefined => node.tryGetContext(name)
  return [
    option('env') ?? 'dev',
    {
      bus: option('bus'),
      door: option('door'),
      domain: option('domain'),
      certificate: option('certificate'),
      protected: option('protected'),
    },
  ]
}
