import { createHistogram } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import { type Vital, vital } from '../contract/vitals.ts'
import type { Held } from './batcher.ts'
import { watchEventLoop } from './event-loop.ts'
import type { Tally } from './tally.ts'

const quantiles = [0.5, 0.99, 0.999, 1]

/** Seconds. Fine around a linger of 20 ms, coarse around one of a second. */
const confirmBounds = [
  ...[0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2],
  ...[0.3, 0.5, 1, 1.5, 2.5, 5, 10, 60],
]

/** Longest and usual delays of the event loop since the last scrape. */
const gaugeEventLoop = (registers: Registry[]) => {
  const eventLoop = watchEventLoop()
  new Gauge({
    name: vital.eventLoopDelaySeconds,
    help: 'Delay of the event loop since the last scrape, by quantile',
    labelNames: ['quantile'],
    registers,
    collect() {
      for (const quantile of quantiles) this.set({ quantile: String(quantile) }, eventLoop.delaySeconds(quantile))
      eventLoop.forget()
    },
  })
}

/** What a scrape reads. */
export interface Readings {
  readonly tally: Tally
  readonly packs: () => number
  readonly held: Held
  readonly healthy: () => boolean
}

/**
 * The metrics of a gateway as Prometheus text: those that every gateway has, and those that it adds. Numbers are read at
 * the scrape, so counting costs the hot path nothing.
 */
export const createMetrics = ({ tally, packs, held, healthy }: Readings) => {
  const registry = new Registry()
  const registers = [registry]
  /** Adds a sum since the start. */
  const counter = (name: Vital, help: string, read: () => number | Promise<number>) =>
    new Counter({
      name,
      help,
      registers,
      async collect() {
        const value = await read()
        this.reset()
        this.inc(value)
      },
    })
  /** Adds a number as it is now. */
  const gauge = (name: Vital, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })

  counter(vital.received, 'Messages that came', () => tally.received)
  counter(vital.accepted, 'Uplinks that the bus has confirmed', () => tally.accepted)
  counter(vital.shed, 'Uplinks given up because the queue was full', () => tally.shed)
  counter(vital.packs, 'Packs that the bus has confirmed: what it bills', packs)
  counter(vital.publishFailures, 'Publishes that the bus did not take in full', () => tally.publishFailures)
  gauge(vital.queuedBytes, 'Memory held by messages that the bus has not confirmed', () => held.bytes)
  gauge(vital.healthy, '1 while this gateway can publish', () => Number(healthy()))
  new Counter({
    name: vital.rejected,
    help: 'Messages refused; recorded=true where the bus has the record',
    labelNames: ['reason', 'recorded'],
    registers,
    collect() {
      this.reset()
      for (const [reason, count] of tally.recorded) this.inc({ reason, recorded: 'true' }, count)
      for (const [reason, count] of tally.counted) this.inc({ reason, recorded: 'false' }, count)
    },
  })
  gaugeEventLoop(registers)
  const confirmSeconds = new Histogram({
    name: vital.confirmSeconds,
    help: 'From the receipt of a message to its confirmation by the bus',
    buckets: confirmBounds,
    registers,
  })

  // Prometheus computes a percentile from the buckets; CloudWatch is given the percentile itself
  const confirmMs = createHistogram()

  return {
    counter,
    gauge,
    contentType: registry.contentType,
    text: () => registry.metrics(),
    confirmed: (seconds: number) => {
      confirmSeconds.observe(seconds)
      confirmMs.record(Math.max(1, Math.round(seconds * 1000)))
    },
    /** The 99th percentile since it was last asked for; null if nothing was confirmed. */
    confirmedP99Seconds: (): number | null => {
      const seconds = confirmMs.count === 0 ? null : confirmMs.percentile(99) / 1000
      confirmMs.reset()
      return seconds
    },
  }
}
