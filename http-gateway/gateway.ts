import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { log } from '../adapters/process/log.ts'
import { vital } from '../contract/vitals.ts'
import type { SigfoxCallbackSettings } from '../core/sigfox/callback.ts'
import type { Listening } from '../door/listen.ts'
import { createPublisher, type RawTopic } from '../door/publisher.ts'
import type { Gateway } from '../door/run.ts'
import { serveStatus } from '../door/status-server.ts'
import { rejectedIn } from '../door/tally.ts'
import { createDoor } from './door.ts'
import { createIntake, type Line } from './intake.ts'
import { openServer } from './server.ts'

export interface GatewaySettings extends Listening {
  readonly httpPort: number
  readonly healthPort: number
  readonly lingerMs: number
  readonly queueBytes: number
  readonly callback: SigfoxCallbackSettings
}

/** A running gateway. After `leave` callbacks are still answered, and each answer closes its connection. */
export interface HttpGateway extends Gateway {
  readonly ports: { readonly httpPort: number; readonly healthPort: number }
}

const portOf = (server: { address: () => unknown }) => (server.address() as AddressInfo).port

/**
 * Receives Sigfox callbacks and hands their messages to `raw`. TLS ends at the load balancer. `stop` answers how many
 * callbacks got no answer; what was answered 503 is sent again, so nothing is lost with it.
 * @param isValid whether a token is one of ours
 * @throws PortError
 */
export const startGateway = async (
  settings: GatewaySettings,
  raw: RawTopic,
  isValid: (token: string) => Promise<boolean>,
): Promise<HttpGateway> => {
  const { tally, hold, finish, health, metrics, totals, measured } = createPublisher<Line>(raw, {
    ...settings,
    confirmed: ({ confirmed }) => confirmed(),
  })
  const callbacks = { waiting: 0, denied: 0, failed: 0 }
  metrics.counter(vital.denied, 'Callbacks that brought no valid token', () => callbacks.denied)
  metrics.counter(vital.failedCallbacks, 'Callbacks answered 429 or 5xx', () => callbacks.failed)
  const door = createDoor({ ...settings, isValid, take: createIntake({ tally, hold }) })
  let leaving = false
  const server = await openServer(settings, door, callbacks, () => leaving)
  const status = await serveStatus(settings, { ailment: health.ailment, metrics })

  return {
    ports: { httpPort: portOf(server), healthPort: portOf(status) },
    read: async () => ({
      ...totals(),
      [vital.denied]: callbacks.denied,
      [vital.failedCallbacks]: callbacks.failed,
    }),
    measured,
    leave: () => {
      leaving = true
      health.leave()
    },
    stop: async (withinMs) => {
      leaving = true
      const deadlineMs = performance.now() + withinMs
      const closed = new Promise((done) => server.close(done))
      server.closeIdleConnections()
      await Promise.race([closed, pause(withinMs, null, { ref: false })])
      const left = await finish(Math.max(0, deadlineMs - performance.now()))
      const { waiting } = callbacks
      server.closeAllConnections()
      status.close()
      status.closeAllConnections()
      const { received, accepted, shed } = tally
      log.info('stopped', { received, accepted, rejected: rejectedIn(tally), shed, left, unanswered: waiting })
      return waiting
    },
  }
}
