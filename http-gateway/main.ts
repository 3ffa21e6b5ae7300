import { openRawTopic } from '#bus'
import { tokenChecker } from '../adapters/aws/token-secret.ts'
import { runGateway } from '../door/run.ts'
import { startGateway } from './gateway.ts'
import { readGatewaySettings } from './settings.ts'

await runGateway(async () => {
  const settings = readGatewaySettings(process.env)
  const isValid = tokenChecker(settings.secretArn)
  const gateway = await startGateway(settings, openRawTopic(settings.rawTopicUrl), isValid)
  return { ...settings, gateway, lane: 'sigfox' }
})
