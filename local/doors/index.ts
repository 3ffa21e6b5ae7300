import type { Invoke } from '../functions/index.ts'
import { keepRunning } from '../process/keep-running.ts'
import { type Environment, gatewayEnvironment, type Overrides, sigfoxGatewayEnvironment } from '../process/overrides.ts'
import { freePort } from '../process/ports.ts'
import type { Starting } from '../process/starting.ts'
import type { Gateway } from '../template/gateways.ts'
import type { Plan } from '../template/plan.ts'
import { startGateway } from './gateway-process.ts'
import { startHttpApi } from './http-api.ts'
import { forwardTo } from './load-balancer.ts'

/** What a gateway is called in sentences, and what its log is called. */
interface Names {
  readonly name: string
  readonly logName: string
}

/** Keeps a gateway running, with the settings that differ here. */
const keepGateway = async (
  declared: Gateway,
  { name, logName }: Names,
  overridesWith: (healthPort: number) => Environment,
  dataDir: string,
  { report, shutdown }: Starting,
) => {
  const healthPort = await freePort()
  const gateway = { ...declared, environment: { ...declared.environment, ...overridesWith(healthPort) } }
  const start = () => startGateway(gateway, { name, logName, healthPort, dataDir })
  const kept = await keepRunning(`the ${name}`, start, report)
  shutdown.add(`flushing the ${name}`, 17_000, kept.stop)
  return { url: `http://127.0.0.1:${healthPort}`, pids: () => [kept.current().pid] }
}

/** The gateway for Sigfox callbacks, and the way to it from the HTTP port; null where functions take the callbacks. */
const keepSigfoxGateway = async ({ sigfoxGateway }: Plan, aws: Environment, dataDir: string, starting: Starting) => {
  if (!sigfoxGateway) return null
  const port = await freePort()
  const names = { name: 'Sigfox gateway', logName: 'sigfox-gateway' }
  const overridesWith = (healthPort: number) => ({ ...aws, ...sigfoxGatewayEnvironment(port, healthPort) })
  const gateway = await keepGateway(sigfoxGateway, names, overridesWith, dataDir, starting)
  return { ...gateway, forward: forwardTo(port) }
}

/** Opens both doors on the ports that `npm start` prints. */
export const openDoors = async (
  plan: Plan,
  invoke: Invoke,
  aws: Environment,
  { dataDir, httpPort, udpPort }: Overrides,
  starting: Starting,
) => {
  const names = { name: 'UDP gateway', logName: 'gateway' }
  const overridesWith = (healthPort: number) => ({ ...aws, ...gatewayEnvironment(udpPort, healthPort) })
  const udp = await keepGateway(plan.udpGateway, names, overridesWith, dataDir, starting)
  const sigfox = await keepSigfoxGateway(plan, aws, dataDir, starting)
  const http = await startHttpApi(httpPort, plan, invoke, sigfox?.forward)
  starting.shutdown.add('closing the HTTP door', 7_000, http.stop)
  return {
    gatewayUrl: udp.url,
    sigfoxGatewayUrl: sigfox?.url ?? null,
    processes: (): Record<string, number[]> => ({
      gateway: udp.pids(),
      ...(sigfox && { sigfoxGateway: sigfox.pids() }),
    }),
  }
}
