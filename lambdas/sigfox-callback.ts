import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { openRawTopic } from '#bus'
import { readSettings, text, textMap } from '../adapters/process/settings.ts'
import { setting } from '../contract/settings.ts'
import { accept } from '../core/ingest/accept.ts'
import { answerCallback, type CallbackAnswer, largestBodyBytes, tooLarge } from '../core/sigfox/answer.ts'
import { readBatch, readCallback } from '../core/sigfox/callback.ts'
import { readFieldNames } from '../core/sigfox/fields.ts'

const settings = readSettings(process.env, {
  rawTopicUrl: text(setting.rawTopicUrl),
  fieldNames: textMap(setting.sigfoxFields),
  batchColumns: text(setting.sigfoxBatchColumns),
})
const callbackSettings = {
  fieldNames: readFieldNames(settings.fieldNames),
  batchColumns: settings.batchColumns.split(';'),
}
const acceptItems = accept({ raw: openRawTopic(settings.rawTopicUrl) })

const respond = ({ statusCode, body }: CallbackAnswer): APIGatewayProxyStructuredResultV2 =>
  body === null ? { statusCode } : { statusCode, body, headers: { 'content-type': 'application/json' } }

/** The Sigfox door: answers only when the bus has what came. */
export const handler = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
  if (bytes.length > largestBodyBytes) return respond(tooLarge)
  const body = { contentType: event.headers['content-type'] ?? '', bytes, receivedAtMs: Date.now() }
  const isBatch = event.routeKey.endsWith('/sigfox/batch')
  const items = isBatch ? readBatch(body, callbackSettings) : [readCallback(body, callbackSettings)]
  return respond(answerCallback(await acceptItems(items)))
}
