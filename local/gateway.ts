import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endWithin, exitOf, forkChild, logPath, type Running } from './child.ts'
import type { Cloud } from './cloud.ts'
import { StartFault } from './fault.ts'
import { assetFolder } from './template.ts'

export interface Gateway {
  /** The file that the image's command runs. */
  readonly program: string
  readonly nodeFlags: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

type Variables = readonly { readonly Name: string; readonly Value: string }[]

/** The command of the image: `CMD ["node", flags…, file]`. */
const commandOf = (folder: string) => {
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8')
  const command = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[]
  const program = command.at(-1)
  if (command[0] !== 'node' || !program) throw new Error(`${folder}/Dockerfile has no CMD ["node", …, FILE]`)
  return { program: join(folder, program), nodeFlags: command.slice(1, -1) }
}

/** The one container of the template's one task definition. */
export const declaredGateway = (cloud: Cloud): Gateway => {
  const [task] = cloud.all('AWS::ECS::TaskDefinition')
  if (!task) throw new Error('The template declares no AWS::ECS::TaskDefinition')
  const variables = (task.get('ContainerDefinitions', 0, 'Environment') ?? []) as Variables
  const environment = Object.fromEntries(variables.map(({ Name, Value }) => [Name, String(Value)]))
  return { ...commandOf(assetFolder(cloud.assembly, task.raw('ContainerDefinitions', 0, 'Image'))), environment }
}

const startLimitMs = 15_000
/** Drain and publish; the gateway itself gives up publishing after ten seconds. */
const stopLimitMs = 15_000

const isHealthy = (port: number) =>
  fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  )

/** Starts the gateway and waits until its health port says that it can publish; `stop` lets it drain. */
export const startGateway = async (gateway: Gateway, healthPort: number, dataDir: string): Promise<Running> => {
  const child = forkChild('gateway-boot.mjs', [gateway.program], {
    dataDir,
    name: 'gateway',
    env: { ...gateway.environment },
    nodeFlags: gateway.nodeFlags,
  })
  let ended = false
  const exited = exitOf(child).then(() => {
    ended = true
  })
  const deadline = Date.now() + startLimitMs
  while (!(await isHealthy(healthPort))) {
    if (ended || Date.now() > deadline) {
      child.kill('SIGKILL')
      await exited
      throw new StartFault(`The UDP gateway did not start; see ${logPath(dataDir, 'gateway')}.`)
    }
    await sleep(30)
  }
  const stop = async () => {
    child.kill('SIGTERM')
    await endWithin(child, exited, stopLimitMs)
  }
  return { pid: child.pid ?? 0, exited, stop }
}
