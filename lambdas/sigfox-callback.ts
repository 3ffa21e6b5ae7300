import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { openRawTopic } from '#bus'
import { readSettings, text, textMap } from '../adapters/process/settings.ts'
import { setting } from '../contract/settings.ts'
import { accept } from '../core/ingest/accept.ts'
import { callbackReaders } from '../core/ingest/callbacks.ts'
import { readFieldNames } from '../core/sigfox/body.ts'
import { answerCallback } from '../core/sigfox/callback.ts'

const { rawTopicUrl, fieldNames, batchColumns } = readSettings(process.env, {
  rawTopicUrl: text(setting.rawTopicUrl),
  fieldNames: textMap(setting.sigfoxFields),
  batchColumns: text(setting.sigfoxBatchColumns),
})
const settings = { fieldNames: readFieldNames(fieldNames), batchColumns: batchColumns.split(';') }
const take = accept({ raw: openRawTopic(rawTopicUrl) })

/** The Sigfox door: answers only when the bus has what came. */
export const handler = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
  const read = callbackReaders.get(event.routeKey.replace('POST ', ''))
  if (!read) return { statusCode: 404 }
  const callback = {
    contentType: event.headers['content-type'] ?? '',
    bytes: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    receivedAtMs: Date.now(),
  }
  const { statusCode, body } = await answerCallback(read, callback, settings, take)
  return body === null ? { statusCode } : { statusCode, body, headers: { 'content-type': 'application/json' } }
}
