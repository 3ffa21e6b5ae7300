import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { gatewayBoot } from '../../../local/doors/gateway-process.ts'
import { forkChild } from '../../../local/process/child.ts'
import { gatewayEnvironment } from '../../../local/process/overrides.ts'
import { freePort, freeUdpPort } from '../../../local/process/ports.ts'
import type { UdpDoor } from '../../ledger/udp-door.ts'
import type { World } from './world.ts'

/** A second gateway on the bus of the run. It is not restarted when it ends. */
export interface OwnGateway extends UdpDoor {
  readonly pid: number
  readonly signal: (signal: NodeJS.Signals) => void
  /** Settles with the exit code, or null after a signal. */
  readonly ended: Promise<number | null>
  readonly isHealthy: () => Promise<boolean>
  readonly residentMegabytes: () => number
}

export const startOwnGateway = async (world: World, more: Record<string, string> = {}): Promise<OwnGateway> => {
  const [port, healthPort] = [await freeUdpPort(), await freePort()]
  const { program, nodeFlags, environment } = world.local.plan.udpGateway
  const child = forkChild(gatewayBoot, [program], {
    dataDir: world.dataDir,
    name: 'own-gateway',
    env: { ...world.environmentOf(environment), ...gatewayEnvironment(port, healthPort), ...more },
    nodeFlags,
  })
  const ended = new Promise<number | null>((end) => child.once('exit', (code) => end(code)))
  const statusUrl = `http://127.0.0.1:${healthPort}`
  const isHealthy = () =>
    fetch(`${statusUrl}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
      ({ ok }) => ok,
      () => false,
    )
  const deadline = Date.now() + 15_000
  while (!(await isHealthy())) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`A gateway did not start. See the logs in ${world.dataDir}.`)
    await pause(20)
  }
  const pid = child.pid ?? 0
  return {
    host: '127.0.0.1',
    port,
    statusUrl,
    pid,
    signal: (signal) => void child.kill(signal),
    ended,
    isHealthy,
    residentMegabytes: () =>
      Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024),
  }
}
