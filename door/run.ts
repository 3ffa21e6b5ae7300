import { log } from '../adapters/process/log.ts'
import { type Measurements, openMetrics } from '../adapters/process/metrics.ts'
import { SettingsError } from '../adapters/process/settings.ts'
import type { Lane } from '../core/message/lane.ts'
import { PortError } from './port-error.ts'
import { reportEachMinute } from './report.ts'
import { exitOnSignal, type Leaving } from './shutdown.ts'

/** A running gateway. */
export interface Gateway extends Leaving {
  /** The ports it got: others than asked for where 0 was asked. */
  readonly ports: Readonly<Record<string, number>>
  /** What was counted since it started. */
  readonly read: () => Promise<Measurements>
  /** What is measured, now or since it was last asked for. */
  readonly measured: () => Measurements
}

interface Start {
  readonly lane: Lane
  readonly drainSeconds: number
  readonly metricsNamespace: string | null
  readonly gateway: Gateway
}

/** A process that is one gateway, from its start to a signal. Faults of settings and ports are a sentence and exit 1. */
export const runGateway = async (start: () => Promise<Start>): Promise<void> => {
  try {
    const { gateway, lane, drainSeconds, metricsNamespace } = await start()
    const report = reportEachMinute(gateway, openMetrics(metricsNamespace, { lane, step: 'door' }))
    const stop = async (withinMs: number) => {
      const left = await gateway.stop(withinMs)
      await report()
      return left
    }
    exitOnSignal({ leave: gateway.leave, stop }, drainSeconds)
    log.info('ready', gateway.ports)
  } catch (error) {
    const foreseen = error instanceof SettingsError || error instanceof PortError
    process.stderr.write(`${foreseen ? error.message : (error as Error).stack}\n`)
    process.exit(1)
  }
}
