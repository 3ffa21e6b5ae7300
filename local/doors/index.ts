import type { Invoke } from '../functions/index.ts'
import type { Running } from '../process/child.ts'
import { type Kept, keepRunning } from '../process/keep-running.ts'
import { gatewayEnvironment, type Overrides, sigfoxGatewayEnvironment } from '../process/overrides.ts'
import { freePort } from '../process/ports.ts'
import type { Shutdown } from '../process/shutdown.ts'
import type { Gateway } from '../template/gateways.ts'
import type { Plan } from '../template/plan.ts'
import { startGateway } from './gateway-process.ts'
import { startHttpApi } from './http-api.ts'
import { handOnTo } from './load-balancer.ts'

type Environment = Readonly<Record<string, string>>

interface Options {
  readonly report: (line: string) => void
  readonly shutdown: Shutdown
}

/** What a gateway is beside what the template says of it. */
interface Door {
  /** For a person. */
  readonly name: string
  /** Of its log. */
  readonly logName: string
  /** What is different here, with the port on which it tells its health. */
  readonly environment: (healthPort: number) => Environment
}

const keepGateway = async (
  gateway: Gateway,
  { name, logName, environment }: Door,
  dataDir: string,
  { report, shutdown }: Options,
): Promise<{ kept: Kept<Running>; url: string }> => {
  const healthPort = await freePort()
  const declared = { ...gateway, environment: { ...gateway.environment, ...environment(healthPort) } }
  const launch = () => startGateway(declared, { name, logName, healthPort, dataDir })
  const kept = await keepRunning(`the ${name}`, launch, report)
  shutdown.add(`flushing the ${name}`, 17_000, kept.stop)
  return { kept, url: `http://127.0.0.1:${healthPort}` }
}

/** The container that takes the Sigfox callbacks, behind the one HTTP port that there is here; null where functions do. */
const keepSigfoxGateway = async ({ sigfoxGateway }: Plan, aws: Environment, dataDir: string, options: Options) => {
  if (!sigfoxGateway) return null
  const port = await freePort()
  const environment = (healthPort: number) => ({ ...aws, ...sigfoxGatewayEnvironment(port, healthPort) })
  const gateway = await keepGateway(
    sigfoxGateway,
    { name: 'Sigfox gateway', logName: 'sigfox-gateway', environment },
    dataDir,
    options,
  )
  return { ...gateway, handOn: handOnTo(port) }
}

/** Opens both doors, on the ports that a person is told. */
export const openDoors = async (
  plan: Plan,
  invoke: Invoke,
  aws: Environment,
  { dataDir, httpPort, udpPort }: Overrides,
  options: Options,
) => {
  const environment = (healthPort: number) => ({ ...aws, ...gatewayEnvironment(udpPort, healthPort) })
  const udp = await keepGateway(
    plan.udpGateway,
    { name: 'UDP gateway', logName: 'gateway', environment },
    dataDir,
    options,
  )
  const sigfox = await keepSigfoxGateway(plan, aws, dataDir, options)
  const http = await startHttpApi(httpPort, plan, invoke, sigfox?.handOn)
  options.shutdown.add('closing the HTTP door', 7_000, http.stop)
  return {
    gatewayUrl: udp.url,
    sigfoxGatewayUrl: sigfox?.url ?? null,
    processes: (): Record<string, number[]> => ({
      gateway: [udp.kept.current().pid],
      ...(sigfox && { sigfoxGateway: [sigfox.kept.current().pid] }),
    }),
  }
}
