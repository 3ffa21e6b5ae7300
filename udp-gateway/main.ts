import { openRawTopic } from '#bus'
import { log } from '../adapters/log.ts'
import { openMetrics } from '../adapters/metrics.ts'
import { integer, optionalText, readSettings, SettingsError, text } from '../adapters/settings.ts'
import { setting } from '../core/settings.ts'
import { startGateway } from './gateway.ts'
import { PortError } from './port-error.ts'
import { reportEachMinute } from './report.ts'
import { exitOnSignal } from './shutdown.ts'

const kiB = 1024
const start = async () => {
  const settings = readSettings(process.env, {
    rawTopicUrl: text(setting.rawTopicUrl),
    udpPort: integer(setting.udpPort, { min: 0, max: 65_535 }),
    healthPort: integer(setting.healthPort, { min: 0, max: 65_535 }),
    lingerMs: integer(setting.lingerMilliseconds, { min: 1, max: 60_000 }),
    drainSeconds: integer(setting.drainSeconds, { min: 0, max: 110 }),
    receiveBufferBytes: integer(setting.receiveBufferBytes, { min: 64 * kiB, max: 64 * kiB * kiB }),
    queueBytes: integer(setting.queueBytes, { min: 256 * kiB, max: 4 * kiB ** 3 }),
    metricsNamespace: optionalText(setting.metricsNamespace),
    rejectsPerSecond: integer(setting.rejectsPerSecond, { min: 0, max: 10_000 }),
  })
  const gateway = await startGateway(settings, openRawTopic(settings.rawTopicUrl))
  const report = reportEachMinute(gateway.read, openMetrics(settings.metricsNamespace, { lane: 'nbiot', step: 'door' }))
  const stop = async (withinMs: number) => {
    const left = await gateway.stop(withinMs)
    await report()
    return left
  }
  exitOnSignal({ leave: gateway.leave, stop }, settings.drainSeconds)
  log.info('ready', { udpPort: gateway.udpPort, healthPort: gateway.healthPort })
}

start().catch((error: unknown) => {
  const foreseen = error instanceof SettingsError || error instanceof PortError
  process.stderr.write(`${foreseen ? error.message : (error as Error).stack}\n`)
  process.exit(1)
})
