import { log } from '../adapters/process/log.ts'
import { type Measurements, openMetrics } from '../adapters/process/metrics.ts'
import { SettingsError } from '../adapters/process/settings.ts'
import type { Lane } from '../core/message/lane.ts'
import { PortError } from './listen.ts'
import { reportEachMinute } from './report.ts'
import { exitOnSignal, type Leaving } from './shutdown.ts'
import { endWhenLoopStands } from './watchdog.ts'

/** A running gateway. */
export interface Gateway extends Leaving {
  /** The ports it got: where 0 was asked for, a free one. */
  readonly ports: Readonly<Record<string, number>>
  /** What it has counted since its start. */
  readonly read: () => Promise<Measurements>
  /** What it measures, now or since it was last asked. */
  readonly measured: () => Measurements
}

interface Start {
  readonly lane: Lane
  readonly drainSeconds: number
  readonly metricsNamespace: string | null
  readonly gateway: Gateway
}

/** Runs one gateway as this process, from its start to a signal. A fault in a setting or a port is a sentence and exit 1. */
export const runGateway = async (start: () => Promise<Start>): Promise<void> => {
  try {
    const { gateway, lane, drainSeconds, metricsNamespace } = await start()
    const report = reportEachMinute(gateway, openMetrics(metricsNamespace, { lane, step: 'door' }))
    const stop = async (withinMs: number) => {
      const left = await gateway.stop(withinMs)
      await report()
      return left
    }
    endWhenLoopStands()
    exitOnSignal({ leave: gateway.leave, stop }, drainSeconds)
    log.info('ready', gateway.ports)
  } catch (error) {
    const foreseen = error instanceof SettingsError || error instanceof PortError
    process.stderr.write(`${foreseen ? error.message : (error as Error).stack}\n`)
    process.exit(1)
  }
}
