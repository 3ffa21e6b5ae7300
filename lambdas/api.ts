import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { apiStore } from '../adapters/postgres/api/index.ts'
import { connectDatabase, databaseSettings } from '../adapters/postgres/connection/connect.ts'
import { classifyFault } from '../adapters/postgres/sql/errors.ts'
import { log } from '../adapters/process/log.ts'
import { readSettings } from '../adapters/process/settings.ts'
import { answer, refusal } from '../core/api/answer.ts'

/**
 * Lambda answers are limited to 6 MB (6,291,556 bytes). The limit counts the answer as JSON, in which the body is a string
 * with each quote escaped. The rest is for the headers.
 */
const mostBodyBytes = 5_500_000

const store = apiStore(connectDatabase(readSettings(process.env, databaseSettings)))
const read = answer({ store, now: Date.now, mostBodyBytes })

/** `GET /v1/{proxy+}`: readings, events, rejects, messages, devices and the conservation counters, from PostgreSQL. */
export const handler = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
  const { method } = event.requestContext.http
  try {
    const { rawPath: path, queryStringParameters: parameters = {}, headers } = event
    // an HTTP API passes header names in lower case
    return await read({ method, path, parameters, accept: headers?.accept })
  } catch (error) {
    const fault = classifyFault(error)
    log.error('read_failed', { fault, path: event.rawPath, error: String(error) })
    return fault === 'outage'
      ? refusal(503, 'The database is not available: try again in a moment.', { 'retry-after': '5' })
      : refusal(500, 'This could not be read. The log says why.')
  }
}
