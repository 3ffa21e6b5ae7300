import { lookup } from 'node:dns/promises'
import { vital } from '../../../contract/vitals.ts'
import { readFlow } from '../../../test/support/flow.ts'
import type { Addresses } from './addresses.ts'
import { LoadFault, type System } from './system.ts'

const patience = () => ({ signal: AbortSignal.timeout(5_000) })

const unreachable = (name: string, url: string, why: string) =>
  new LoadFault(`--${name} ${url} does not answer as it should (${why}): is the system there running?`)

/** If another service answered here, every datagram would be in doubt. */
const requireMetrics = async (metricsUrl: string): Promise<void> => {
  const metrics = await fetch(`${metricsUrl}/metrics`, patience()).catch((error: Error) => {
    throw unreachable('metrics', metricsUrl, error.message)
  })
  const text = await metrics.text()
  if (!metrics.ok || !text.includes(vital.received))
    throw unreachable('metrics', metricsUrl, `/metrics says ${metrics.status} and nothing of ${vital.received}`)
}

/** Resolves the host once, because a name would be looked up for each datagram. */
const addressOf = async (udpHost: string): Promise<string> => {
  try {
    return (await lookup(udpHost, { family: 4 })).address
  } catch (error) {
    throw new LoadFault(`--udp ${udpHost} does not resolve to an IPv4 address: ${(error as Error).message}.`)
  }
}

/**
 * A system that already runs. Each address is asked once.
 * @throws LoadFault naming the address that does not answer
 */
export const reachSystem = async (addresses: Addresses): Promise<System> => {
  const { httpUrl, apiUrl, udpHost, udpPort, metricsUrl, tokenEnv } = addresses
  const token = process.env[tokenEnv]
  if (!token) throw new LoadFault(`--token-env ${tokenEnv}: the environment has no such variable.`)
  await readFlow(apiUrl).catch((error: Error) => {
    throw unreachable('api', apiUrl, error.message)
  })
  // a request without a token must be refused, so asking the door sends nothing
  const door = await fetch(`${httpUrl}/sigfox/uplink`, { method: 'POST', ...patience() }).catch((error: Error) => {
    throw unreachable('http', httpUrl, error.message)
  })
  await door.body?.cancel()
  if (door.status !== 401 && door.status !== 403)
    throw unreachable('http', httpUrl, `without a token /sigfox/uplink says ${door.status}`)
  if (metricsUrl !== null) await requireMetrics(metricsUrl)
  return {
    httpUrl,
    apiUrl,
    udpHost: await addressOf(udpHost),
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
