import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { log } from '../adapters/process/log.ts'
import { setting } from '../contract/settings.ts'
import { notStored } from '../core/sigfox/callback.ts'
import { type Listening, listen } from '../door/listen.ts'
import type { Answer, createDoor } from './door.ts'

/** Counts of callbacks: those that wait for their answer, and two kinds of answers. */
export interface Callbacks {
  waiting: number
  denied: number
  failed: number
}

const options = {
  // Head and body must arrive within this time, so a slow sender holds a connection and no more.
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  // Below the 350 s after which the load balancer silently forgets a connection.
  keepAliveTimeout: 60_000,
  // What the API Gateway before the function takes.
  maxHeaderSize: 10 * 1024,
}

/** About ten times what 500 callbacks a second need. Each connection costs memory, even one that sends nothing. */
const mostConnections = 1_000

const send = (response: ServerResponse, { statusCode, body }: Answer) => {
  if (body === null) response.writeHead(statusCode).end()
  else response.writeHead(statusCode, { 'content-type': 'application/json' }).end(body)
}

/**
 * For a request that was refused before its end. What still arrives is dropped unread, and after a second the connection is
 * cut. Closing at once would reset the connection, and with it the answer: through a balancer in four of a hundred cases.
 */
const endSoon = (incoming: IncomingMessage) => {
  const cut = () => {
    if (!incoming.complete) incoming.socket.destroy()
  }
  setTimeout(cut, 1_000).unref()
}

/**
 * Listens for callbacks.
 * @param isLeaving whether connections should move to another gateway
 * @throws PortError
 */
export const openServer = async (
  settings: Listening & { readonly httpPort: number },
  door: ReturnType<typeof createDoor>,
  callbacks: Callbacks,
  isLeaving: () => boolean,
): Promise<Server> => {
  const owed = new WeakSet<Socket>()
  const server = createServer(options, async (incoming, response) => {
    const { socket } = incoming
    // Sigfox waits for its answer. A sender that does not can bring thousands of heads in one read, and Node keeps each until
    // those before it are answered: 20 connections without a token took 500 MiB.
    if (owed.has(socket)) return socket.destroy()
    owed.add(socket)
    callbacks.waiting++
    const answer = await door(incoming).catch((error: unknown) => {
      // a sender that hung up needs no answer and no line
      if (!incoming.destroyed) log.error('callback_failed', { error: String(error) })
      return notStored
    })
    callbacks.waiting--
    owed.delete(socket)
    const { statusCode } = answer
    if (statusCode === 401 || statusCode === 403) callbacks.denied++
    if (statusCode === 429 || statusCode >= 500) callbacks.failed++
    if (isLeaving()) response.setHeader('connection', 'close')
    send(response, answer)
    if (!incoming.complete) endSoon(incoming)
  })
  server.maxConnections = mostConnections
  server.on('drop', () => server.closeIdleConnections())
  return listen(server, settings.httpPort, settings, setting.httpPort)
}
