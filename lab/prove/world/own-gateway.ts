import { setTimeout as pause } from 'node:timers/promises'
import { gatewayBoot } from '../../../local/doors/gateway-process.ts'
import { forkChild } from '../../../local/process/child.ts'

const startLimitMs = 15_000

/** Whether a gateway's `/healthz` answers that it is healthy. */
export const isHealthy = (statusUrl: string): Promise<boolean> =>
  fetch(`${statusUrl}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  )

/**
 * Starts a gateway next to that of the run, and waits until it is healthy. It is not restarted when it ends.
 * @throws Error if it does not become healthy; it has ended then
 */
export const startGatewayProcess = async (
  program: string,
  healthPort: number,
  options: Parameters<typeof forkChild>[2],
) => {
  const child = forkChild(gatewayBoot, [program], options)
  /** Settles with the exit code, or null after a signal. */
  const ended = new Promise<number | null>((end) => child.once('exit', (code) => end(code)))
  const statusUrl = `http://127.0.0.1:${healthPort}`
  const deadline = Date.now() + startLimitMs
  while (!(await isHealthy(statusUrl))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`${options.name} did not start. See the logs in ${options.dataDir}.`)
    }
    await pause(20)
  }
  return { pid: child.pid ?? 0, statusUrl, signal: (signal: NodeJS.Signals) => void child.kill(signal), ended }
}
