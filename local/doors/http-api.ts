import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { Invoke } from '../functions/index.ts'
import { closeServer, listenLocally } from '../process/listen.ts'
import type { Authorizer, Route } from '../template/api.ts'
import { authorizeWith, type Verdict } from './authorizer.ts'
import { type HttpRequest, readRequest, requestEvent } from './http-event.ts'
import { findRoute } from './route.ts'

const bodyLimitBytes = 10 * 1024 * 1024
const stopLimitMs = 5_000

/** API Gateway's own answers, word for word. */
const messages: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

const refuse = (response: ServerResponse, status: number) => {
  // The rest of the request is not read: the connection ends with the answer.
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify({ message: messages[status] }))
}

/** The whole body, or null when it is over the limit. */
const readBody = async (incoming: IncomingMessage): Promise<Buffer | null> => {
  if (Number(incoming.headers['content-length'] ?? 0) > bodyLimitBytes) return null
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyLimitBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

interface HandlerAnswer {
  readonly statusCode?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  readonly body?: string
  readonly isBase64Encoded?: boolean
}

/** Payload format 2.0: an answer without a status is the body itself. */
const send = (response: ServerResponse, payload: unknown) => {
  const answer = payload as HandlerAnswer | null
  if (typeof answer !== 'object' || answer === null || answer.statusCode === undefined) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(payload))
    return
  }
  if (answer.cookies) response.setHeader('set-cookie', answer.cookies)
  response.writeHead(answer.statusCode, answer.headers)
  response.end(answer.body === undefined ? '' : Buffer.from(answer.body, answer.isBase64Encoded ? 'base64' : 'utf8'))
}

/**
 * Serves the template's HTTP API on 127.0.0.1.
 * @param otherwise answers requests that match no route
 */
export const startHttpApi = async (
  port: number,
  api: { readonly routes: readonly Route[]; readonly authorizers: readonly Authorizer[] },
  invoke: Invoke,
  otherwise: RequestListener = (_, response) => refuse(response, 404),
) => {
  const authorizers = new Map(
    api.authorizers.map((authorizer) => [
      authorizer.id,
      authorizeWith(authorizer, (event) => invoke(authorizer.functionArn, event)),
    ]),
  )

  const judge = async (route: Route, request: HttpRequest): Promise<Verdict> => {
    if (route.authorization !== 'CUSTOM') return { allowed: true, context: null }
    const authorize = authorizers.get(route.authorizerId ?? '')
    return authorize ? authorize(request) : { allowed: false, status: 500 }
  }

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const path = incoming.url?.split('?')[0] ?? '/'
    const found = findRoute(api.routes, incoming.method ?? 'GET', path)
    if (!found) return otherwise(incoming, response)
    const { route, pathParameters } = found
    const request = readRequest(incoming, { routeKey: route.key, pathParameters })
    const verdict = await judge(route, request)
    if (!verdict.allowed) return refuse(response, verdict.status)
    const body = await readBody(incoming)
    if (!body) return refuse(response, 413)
    const result = await invoke(route.functionArn, requestEvent(request, body, verdict.context))
    if (result.ok) return send(response, result.payload)
    return refuse(response, result.error.type === 'Sandbox.Timedout' ? 503 : 500)
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => (response.headersSent ? response.destroy() : refuse(response, 500)))
  })
  await listenLocally(server, port)
  return { stop: () => closeServer(server, stopLimitMs) }
}
