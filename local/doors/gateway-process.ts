import { setTimeout as sleep } from 'node:timers/promises'
import { endWithin, exitOf, forkChild, logPath, type Running } from '../process/child.ts'
import { StartFault } from '../process/starting.ts'
import type { Gateway } from '../template/gateways.ts'

/** Script that runs a gateway's program and ends with its parent process. */
export const gatewayBoot = new URL('./gateway-boot.mjs', import.meta.url)

const startLimitMs = 15_000
/** To drain and publish; the gateway gives up publishing after ten seconds. */
const stopLimitMs = 15_000

const isHealthy = (port: number) =>
  fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  )

/** Starts a gateway and waits until its health port says that it can publish. `stop` lets it drain. */
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
