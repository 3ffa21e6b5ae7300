import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { assetFolder } from './assembly.ts'
import type { Cloud } from './cloud.ts'

/** A container of the template. */
export interface Gateway {
  /** The file that the image's command runs. */
  readonly program: string
  readonly nodeFlags: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

type Variables = readonly { readonly Name: string; readonly Value: string }[]

/** The image's command: `CMD ["node", flags…, file]`. */
const commandOf = (folder: string) => {
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8')
  const command = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[]
  const program = command.at(-1)
  if (command[0] !== 'node' || !program) throw new Error(`${folder}/Dockerfile has no CMD ["node", …, FILE]`)
  return { program: join(folder, program), nodeFlags: command.slice(1, -1) }
}

/** The template's containers: each task definition has one. */
export const declaredGateways = (cloud: Cloud): Gateway[] =>
  cloud.all('AWS::ECS::TaskDefinition').map((task) => {
    const variables = (task.get('ContainerDefinitions', 0, 'Environment') ?? []) as Variables
    const environment = Object.fromEntries(variables.map(({ Name, Value }) => [Name, String(Value)]))
    return { ...commandOf(assetFolder(cloud.assembly, task.raw('ContainerDefinitions', 0, 'Image'))), environment }
  })
