import type { AddressInfo } from 'node:net'
import { log } from '../adapters/log.ts'
import { accept } from '../core/accept.ts'
import type { Stream } from '../core/ports.ts'
import type { RawItem } from '../core/uplink.ts'
import { createAdmission } from './admit.ts'
import { arrivedAtMs } from './arrival.ts'
import { createBatcher } from './batcher.ts'
import { createDelivery } from './delivery.ts'
import { type Ailment, judgeHealth } from './health.ts'
import { askKernel } from './kernel.ts'
import { createMetrics } from './metrics.ts'
import { openSocket } from './socket.ts'
import { serveStatus } from './status-server.ts'
import { countSettled, createTally, rejectedIn, type Totals } from './tally.ts'
import { createTokenBucket } from './token-bucket.ts'

export interface GatewaySettings {
  readonly udpPort: number
  readonly healthPort: number
  readonly lingerMs: number
  readonly receiveBufferBytes: number
  readonly queueBytes: number
  readonly rejectsPerSecond: number
}

/** The raw topic, and how many packs the bus has confirmed where it packs at all. */
export type RawTopic = Stream<RawItem> & { readonly packs?: () => number }

/** A running gateway. */
export interface Gateway {
  /** The ports it got: another than asked for where 0 was asked. */
  readonly udpPort: number
  readonly healthPort: number
  /** What was counted since it started. */
  readonly read: () => Promise<Totals>
  /** Tells the load balancer to send no more; the socket is still read. */
  readonly leave: () => void
  /** Closes the socket, publishes what is held, closes the rest. Answers how many items are left after `withinMs`. */
  readonly stop: (withinMs: number) => Promise<number>
}

const reportAttempt = (attempt: number, failure: string | null) => {
  // one line as it begins; how long it lasts is in the metrics
  if (failure !== null && attempt === 1) log.warn('publish failed, trying again', { reason: failure })
}

/** Judges health when somebody asks, and logs when the answer changes. */
const createHealth = (judge: (before: Ailment) => Ailment) => {
  let ailment: Ailment = null
  let leaving = false
  return {
    leave: () => {
      leaving = true
    },
    ailment: (): string | null => {
      const before = ailment
      ailment = judge(before)
      if (before === null && ailment !== null) log.warn('unhealthy', { reason: ailment.reason })
      if (before !== null && ailment === null) log.info('healthy again')
      return leaving ? 'leaving' : (ailment?.reason ?? null)
    },
  }
}

/**
 * Receives datagrams and hands them to `raw`. Nothing is ever sent to anybody.
 * @throws PortError
 */
export const startGateway = async (settings: GatewaySettings, raw: RawTopic): Promise<Gateway> => {
  const { queueBytes } = settings
  const tally = createTally()
  const attempted = (attempt: number, failure: string | null) => {
    if (failure !== null) tally.publishFailures++
    reportAttempt(attempt, failure)
  }
  const batcher = createBatcher({
    ...settings,
    deliver: createDelivery({ accept: accept({ raw }), attempted }),
    settled: ({ item }, settlement, nowMs) => {
      countSettled(tally, settlement)
      metrics.confirmed((nowMs - arrivedAtMs(item)) / 1000)
    },
  })
  const { hold, held } = batcher
  const mayRecord = createTokenBucket(settings.rejectsPerSecond)
  const { socket, receiveBufferBytes } = await openSocket(
    { ...settings, port: settings.udpPort },
    createAdmission({ tally, hold, mayRecord }),
  )
  const udpPort = socket.address().port
  const health = createHealth((before) => judgeHealth(before, held, queueBytes, Date.now()))
  const metrics = createMetrics({
    tally,
    packs: raw.packs ?? (() => 0),
    held,
    receiveBufferBytes,
    kernel: () => askKernel(udpPort),
    healthy: () => health.ailment() === null,
  })
  const server = await serveStatus(settings.healthPort, { ailment: health.ailment, metrics })

  return {
    udpPort,
    healthPort: (server.address() as AddressInfo).port,
    read: async () => {
      const { received, accepted, shed } = tally
      return { received, accepted, shed, rejected: rejectedIn(tally), kernelDrops: (await askKernel(udpPort)).drops }
    },
    leave: health.leave,
    stop: async (withinMs) => {
      const { drops } = await askKernel(udpPort)
      socket.close()
      const left = await batcher.finish(withinMs)
      server.close()
      server.closeAllConnections()
      const { received, accepted, shed } = tally
      log.info('stopped', { received, accepted, rejected: rejectedIn(tally), shed, left, kernelDrops: drops })
      return left
    },
  }
}
