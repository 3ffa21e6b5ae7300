import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { accountId } from '../process/overrides.ts'

/** A request on a route, before its body is read. */
export interface HttpRequest {
  readonly routeKey: string
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
  readonly pathParameters: Readonly<Record<string, string>>
  readonly sourceIp: string
}

const headersOf = (incoming: IncomingMessage) => {
  const headers: Record<string, string> = {}
  for (const [name, values] of Object.entries(incoming.headersDistinct))
    if (name !== 'cookie') headers[name] = (values ?? []).join(',')
  return headers
}

export const readRequest = (
  incoming: IncomingMessage,
  route: { readonly routeKey: string; readonly pathParameters: Readonly<Record<string, string>> },
): HttpRequest => {
  const url = new URL(incoming.url ?? '/', 'http://localhost')
  return {
    ...route,
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.search.slice(1),
    headers: headersOf(incoming),
    cookies: incoming.headers.cookie?.split('; ') ?? [],
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
  }
}

const queryParameters = (query: string) => {
  const parameters: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(query))
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value
  return Object.keys(parameters).length > 0 ? { queryStringParameters: parameters } : {}
}

const requestContext = (request: HttpRequest) => ({
  accountId,
  apiId: 'local',
  domainName: request.headers.host ?? 'localhost',
  domainPrefix: 'local',
  http: {
    method: request.method,
    path: request.path,
    protocol: 'HTTP/1.1',
    sourceIp: request.sourceIp,
    userAgent: request.headers['user-agent'] ?? '',
  },
  requestId: randomUUID(),
  routeKey: request.routeKey,
  stage: '$default',
  time: new Date().toUTCString(),
  timeEpoch: Date.now(),
})

const shared = (request: HttpRequest) => ({
  version: '2.0',
  routeKey: request.routeKey,
  rawPath: request.path,
  rawQueryString: request.query,
  headers: request.headers,
  ...(request.cookies.length > 0 ? { cookies: request.cookies } : {}),
  ...queryParameters(request.query),
  ...(Object.keys(request.pathParameters).length > 0 ? { pathParameters: request.pathParameters } : {}),
})

/** Content that API Gateway passes on as text. It encodes all other bodies in base64, forms too. */
const isText = (contentType = '') => /^(text\/|application\/(json|javascript|xml|[^;]*\+(json|xml)))/i.test(contentType)

/** The event of a function behind a route, payload format 2.0. `authorizer` is the context from an authorizer. */
export const requestEvent = (request: HttpRequest, body: Buffer, authorizer: unknown) => {
  const encoded = body.length > 0 && !isText(request.headers['content-type'])
  return {
    ...shared(request),
    requestContext: { ...requestContext(request), ...(authorizer ? { authorizer: { lambda: authorizer } } : {}) },
    ...(body.length > 0 ? { body: body.toString(encoded ? 'base64' : 'utf8') } : {}),
    isBase64Encoded: encoded,
  }
}

/** The event of a REQUEST authorizer, payload format 2.0, which has no body. */
export const authorizerEvent = (request: HttpRequest, identitySource: readonly string[]) => ({
  ...shared(request),
  type: 'REQUEST',
  routeArn: `arn:aws:execute-api:local:${accountId}:local/$default/${request.method}${request.path}`,
  identitySource,
  requestContext: requestContext(request),
})
