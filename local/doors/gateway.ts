import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endWithin, exitOf, forkChild, logPath, type Running } from '../process/child.ts'
import { StartFault } from '../process/fault.ts'
import { assetFolder } from '../template/assembly.ts'
import type { Cloud } from '../template/cloud.ts'

/** Runs a gateway's program, and ends with whoever started it. */
export const gatewayBoot = new URL('./gateway-boot.mjs', import.meta.url)

/** A container of the template. */
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

/** The one container of each of the template's task definitions. */
export const declaredGateways = (cloud: Cloud): Gateway[] =>
  cloud.all('AWS::ECS::TaskDefinition').map((task) => {
    const variables = (task.get('ContainerDefinitions', 0, 'Environment') ?? []) as Variables
    const environment = Object.fromEntries(variables.map(({ Name, Value }) => [Name, String(Value)]))
    return { ...commandOf(assetFolder(cloud.assembly, task.raw('ContainerDefinitions', 0, 'Image'))), environment }
  })

const startLimitMs = 15_000
/** Drain and publish; the gateway itself gives up publishing after ten seconds. */
const stopLimitMs = 15_000

const isHealthy = (port: number) =>
  fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  )

/** Starts a gateway and waits until its health port says that it can publish; `stop` lets it drain. */
export const startGateway = async (
  gateway: Gateway,
  { name, logName, healthPort, dataDir }: { name: string; logName: string; healthPort: number; dataDir: string },
): Promise<Running> => {
  const child = forkChild(gatewayBoot, [gateway.program], {
    dataDir,
    name: logName,
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
      throw new StartFault(`The ${name} did not start; see ${logPath(dataDir, logName)}.`)
    }
    await sleep(30)
  }
  const stop = async () => {
    child.kill('SIGTERM')
    await endWithin(child, exited, stopLimitMs)
  }
  return { pid: child.pid ?? 0, exited, stop }
}
