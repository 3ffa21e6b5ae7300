import { openRawTopic } from '#bus'
import { runGateway } from '../adapters/door/run.ts'
import { tokenChecker } from '../adapters/token-secret.ts'
import { startGateway } from './gateway.ts'
import { readGatewaySettings } from './settings.ts'

await runGateway(async () => {
  const settings = readGatewaySettings(process.env)
  const isValid = tokenChecker(settings.secretArn)
  const gateway = await startGateway(settings, openRawTopic(settings.rawTopicUrl), isValid)
  return { ...settings, gateway, lane: 'sigfox' }
})
