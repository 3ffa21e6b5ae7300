import type { AddressInfo } from 'node:net'
import { log } from '../adapters/process/log.ts'
import { vital } from '../contract/vitals.ts'
import type { Listening } from '../door/listen.ts'
import { createPublisher, type RawTopic } from '../door/publisher.ts'
import type { Gateway } from '../door/run.ts'
import { serveStatus } from '../door/status-server.ts'
import { rejectedIn } from '../door/tally.ts'
import { createAdmission } from './admit.ts'
import type { Datagram } from './arrival.ts'
import { askKernel } from './kernel.ts'
import { openSocket } from './socket.ts'
import { createTokenBucket } from './token-bucket.ts'

export interface GatewaySettings extends Listening {
  readonly udpPort: number
  readonly healthPort: number
  readonly lingerMs: number
  readonly receiveBufferBytes: number
  readonly queueBytes: number
  readonly rejectsPerSecond: number
}

/** A running gateway. After `leave` the socket is still open and read. */
export interface UdpGateway extends Gateway {
  readonly ports: { readonly udpPort: number; readonly healthPort: number }
}

/**
 * Receives datagrams and hands them to `raw`. It never answers a datagram.
 * @throws PortError
 */
export const startGateway = async (settings: GatewaySettings, raw: RawTopic): Promise<UdpGateway> => {
  const { tally, hold, finish, health, metrics, totals, measured } = createPublisher<Datagram>(raw, settings)
  const mayRecord = createTokenBucket(settings.rejectsPerSecond)
  const { socket, receiveBufferBytes } = await openSocket(settings, createAdmission({ tally, hold, mayRecord }))
  const udpPort = socket.address().port
  const kernelDrops = async () => (await askKernel(udpPort)).drops
  metrics.counter(vital.kernelDrops, 'Datagrams the kernel dropped: receive buffer full', kernelDrops)
  metrics.gauge(vital.receiveBufferBytes, 'Receive buffer of the socket, as read back', () => receiveBufferBytes)
  const server = await serveStatus(settings, { ailment: health.ailment, metrics })

  return {
    ports: { udpPort, healthPort: (server.address() as AddressInfo).port },
    read: async () => ({ ...totals(), [vital.kernelDrops]: await kernelDrops() }),
    measured,
    leave: health.leave,
    stop: async (withinMs) => {
      const drops = await kernelDrops()
      socket.close()
      const left = await finish(withinMs)
      server.close()
      server.closeAllConnections()
      const { received, accepted, shed } = tally
      log.info('stopped', { received, accepted, rejected: rejectedIn(tally), shed, left, kernelDrops: drops })
      return left
    },
  }
}
