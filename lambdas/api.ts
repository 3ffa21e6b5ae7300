import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { apiStore } from '../adapters/postgres/api/index.ts'
import { connectDatabase, databaseSettings } from '../adapters/postgres/connection/connect.ts'
import { classifyFault } from '../adapters/postgres/sql/errors.ts'
import { log } from '../adapters/process/log.ts'
import { readSettings } from '../adapters/process/settings.ts'
import { answer, refusal } from '../core/api/answer.ts'

const read = answer(apiStore(connectDatabase(readSettings(process.env, databaseSettings))), Date.now)

/** `GET /v1/{proxy+}`: readings, events, rejects, messages, devices and the conservation counters, from PostgreSQL. */
export const handler = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
  const { method } = event.requestContext.http
  try {
    const { rawPath: path, queryStringParameters: parameters = {}, headers } = event
    // an HTTP API hands over names of headers in lower case
    return await read({ method, path, parameters, accept: headers?.accept })
  } catch (error) {
    const fault = classifyFault(error)
    log.error('read_failed', { fault, path: event.rawPath, error: String(error) })
    return fault === 'outage'
      ? refusal(503, 'The database does not answer now: try again in a moment.', { 'retry-after': '5' })
      : refusal(500, 'This could not be read: the log says why.')
  }
}
