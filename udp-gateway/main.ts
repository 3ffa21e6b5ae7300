import { openRawTopic } from '#bus'
import { integer, optionalText, readSettings, text } from '../adapters/process/settings.ts'
import { setting } from '../contract/settings.ts'
import { runGateway } from '../door/run.ts'
import { startGateway } from './gateway.ts'

const kiB = 1024

await runGateway(async () => {
  const settings = readSettings(process.env, {
    rawTopicUrl: text(setting.rawTopicUrl),
    udpPort: integer(setting.udpPort, { min: 0, max: 65_535 }),
    healthPort: integer(setting.healthPort, { min: 0, max: 65_535 }),
    lingerMs: integer(setting.lingerMilliseconds, { min: 1, max: 60_000 }),
    drainSeconds: integer(setting.drainSeconds, { min: 0, max: 110 }),
    receiveBufferBytes: integer(setting.receiveBufferBytes, { min: 64 * kiB, max: 64 * kiB * kiB }),
    queueBytes: integer(setting.queueBytes, { min: 256 * kiB, max: 4 * kiB ** 3 }),
    listenAddress: optionalText(setting.listenAddress),
    metricsNamespace: optionalText(setting.metricsNamespace),
    rejectsPerSecond: integer(setting.rejectsPerSecond, { min: 0, max: 10_000 }),
  })
  const gateway = await startGateway(settings, openRawTopic(settings.rawTopicUrl))
  return { ...settings, gateway, lane: 'nbiot' }
})
