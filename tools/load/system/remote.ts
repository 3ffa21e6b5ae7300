import { readFlow } from '../../ledger/read-back.ts'
import type { Addresses } from '../addresses.ts'
import { LoadFault, type System } from './system.ts'

const patience = () => ({ signal: AbortSignal.timeout(5_000) })

const unreachable = (name: string, url: string, why: string) =>
  new LoadFault(`--${name} ${url} does not answer as it should (${why}): is the system there running?`)

/**
 * A system that somebody else started, by its addresses; asked once whether it is there.
 * @throws LoadFault naming the address that does not answer
 */
export const reachSystem = async (addresses: Addresses): Promise<System> => {
  const { httpUrl, apiUrl, udpHost, udpPort, metricsUrl, tokenEnv } = addresses
  const token = process.env[tokenEnv]
  if (!token) throw new LoadFault(`--token-env ${tokenEnv}: the environment has no such variable.`)
  await readFlow(apiUrl).catch((error: Error) => {
    throw unreachable('api', apiUrl, error.message)
  })
  // without a token the door must be closed: so it is asked without sending anything
  const door = await fetch(`${httpUrl}/sigfox/uplink`, { method: 'POST', ...patience() }).catch((error: Error) => {
    throw unreachable('http', httpUrl, error.message)
  })
  await door.body?.cancel()
  if (door.status !== 401 && door.status !== 403)
    throw unreachable('http', httpUrl, `without a token /sigfox/uplink says ${door.status}`)
  if (metricsUrl !== null)
    await fetch(`${metricsUrl}/metrics`, patience()).catch((error: Error) => {
      throw unreachable('metrics', metricsUrl, error.message)
    })
  return {
    httpUrl,
    apiUrl,
    udpHost,
    udpPort,
    gatewayUrl: metricsUrl,
    token,
    bus: 'unknown',
    dataDir: null,
    look: null,
    runnerPid: null,
    stop: async () => null,
  }
}
