import { gatewayEnvironment } from '../../../local/process/overrides.ts'
import { freePort, freeUdpPort } from '../../../local/process/ports.ts'
import type { UdpDoor } from '../../ledger/udp-door.ts'
import { memoryMegabytesOf } from '../../processes/proc.ts'
import { isHealthy, startGatewayProcess } from './own-gateway.ts'
import type { World } from './world.ts'

/** A second UDP gateway on the bus of the run. */
export interface OwnGateway extends UdpDoor {
  readonly signal: (signal: NodeJS.Signals) => void
  /** Settles with the exit code, or null after a signal. */
  readonly ended: Promise<number | null>
  readonly isHealthy: () => Promise<boolean>
  readonly residentMegabytes: () => number
}

export const startOwnGateway = async (world: World, more: Record<string, string> = {}): Promise<OwnGateway> => {
  const [port, healthPort] = [await freeUdpPort(), await freePort()]
  const { program, nodeFlags, environment } = world.local.plan.udpGateway
  const { pid, statusUrl, signal, ended } = await startGatewayProcess(program, healthPort, {
    dataDir: world.dataDir,
    name: 'own-gateway',
    env: { ...world.environmentOf(environment), ...gatewayEnvironment(port, healthPort), ...more },
    nodeFlags,
  })
  return {
    host: '127.0.0.1',
    port,
    statusUrl,
    signal,
    ended,
    isHealthy: () => isHealthy(statusUrl),
    residentMegabytes: () => Math.round(memoryMegabytesOf(pid).now),
  }
}
