import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { vi } from 'vitest'
import { openRawTopic } from '../../../adapters/sqs/index.ts'
import { setting } from '../../../contract/settings.ts'
import { startGateway } from '../../../http-gateway/gateway.ts'
import { readGatewaySettings } from '../../../http-gateway/settings.ts'
import { stubAws } from '../../support/sqs-queue.ts'

interface Sent {
  readonly route?: 'uplink' | 'batch'
  readonly contentType?: string
  /** How API Gateway hands over what is no text; a container gets the bytes. */
  readonly isBase64Encoded?: boolean
}

/** A Sigfox door behind its authorization. */
export interface Door {
  readonly post: (body: string | undefined, sent?: Sent) => Promise<APIGatewayProxyStructuredResultV2>
  readonly close: () => Promise<unknown>
}

type Handler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>
type OpenDoor = (sqsPort: number, rawTopicUrl: string) => Promise<Door>

const stubDoor = (sqsPort: number, rawTopicUrl: string) => {
  stubAws(sqsPort)
  vi.stubEnv(setting.rawTopicUrl, rawTopicUrl)
  vi.stubEnv(setting.sigfoxFields, '{"device":"device"}')
  vi.stubEnv(setting.sigfoxBatchColumns, 'device;time;data;seqNumber')
}

/** The callback's function, as it starts. */
const openLambda: OpenDoor = async (sqsPort, rawTopicUrl) => {
  stubDoor(sqsPort, rawTopicUrl)
  vi.resetModules()
  const { handler }: { handler: Handler } = await import('../../../lambdas/sigfox-callback.ts')
  return {
    post: (body, { route = 'uplink', contentType, isBase64Encoded = false } = {}) => {
      const headers = contentType ? { 'content-type': contentType } : {}
      return handler({ routeKey: `POST /sigfox/${route}`, headers, body, isBase64Encoded } as APIGatewayProxyEventV2)
    },
    close: async () => undefined,
  }
}

/** The settings of a gateway beside those that are stubbed. */
const stubGateway = () => {
  const own = { httpPort: '0', healthPort: '0', lingerMilliseconds: '5', drainSeconds: '0', queueBytes: `${2 ** 27}` }
  for (const [name, value] of Object.entries(own)) vi.stubEnv(setting[name as keyof typeof own], value)
}

const openContainer: OpenDoor = async (sqsPort, rawTopicUrl) => {
  stubDoor(sqsPort, rawTopicUrl)
  stubGateway()
  vi.stubEnv(setting.sigfoxSecretArn, 'none')
  const settings = readGatewaySettings(process.env)
  const gateway = await startGateway(settings, openRawTopic(rawTopicUrl), async (token) => token === 'good')
  return {
    post: async (body, { route = 'uplink', contentType, isBase64Encoded = false } = {}) => {
      const response = await fetch(`http://127.0.0.1:${gateway.ports.httpPort}/sigfox/${route}`, {
        method: 'POST',
        headers: { authorization: 'Bearer good', ...(contentType ? { 'content-type': contentType } : {}) },
        ...(body === undefined ? {} : { body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') }),
      })
      const text = await response.text()
      const answered = response.headers.get('content-type')
      const headers = answered === null ? {} : { headers: { 'content-type': answered } }
      return { statusCode: response.status, ...headers, ...(text === '' ? {} : { body: text }) }
    },
    close: () => gateway.stop(1_000),
  }
}

/** The two variants of the door: a function, and a container. */
export const doors: readonly [name: string, open: OpenDoor][] = [
  ['the function', openLambda],
  ['the container', openContainer],
]
