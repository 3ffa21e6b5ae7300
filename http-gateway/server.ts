import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { log } from '../adapters/process/log.ts'
import { setting } from '../contract/settings.ts'
import { notStored } from '../core/sigfox/callback.ts'
import { type Listening, listen } from '../door/listen.ts'
import type { Answer, createDoor } from './door.ts'

/** Callbacks by their answers, and those that wait for one. */
export interface Callbacks {
  waiting: number
  denied: number
  failed: number
}

const options = {
  // Whoever writes slowly holds a connection, and no more: head and body must be there in this time.
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  // Below the 350 s after which the load balancer forgets a connection without a word to either side.
  keepAliveTimeout: 60_000,
  // What the HTTP API before the other door takes.
  maxHeaderSize: 10 * 1024,
}

/** Some ten times what 500 callbacks a second need; each costs memory, also one that sends nothing. */
const mostConnections = 1_000

const send = (response: ServerResponse, { statusCode, body }: Answer) => {
  if (body === null) response.writeHead(statusCode).end()
  else response.writeHead(statusCode, { 'content-type': 'application/json' }).end(body)
}

/**
 * A request that was refused before its end. What still comes is thrown away unseen: closing at once would reset the
 * connection, and with it the answer, in four of a hundred cases through a balancer. Who goes on sending is cut off.
 */
const endSoon = (incoming: IncomingMessage) => {
  const cut = () => {
    if (!incoming.complete) incoming.socket.destroy()
  }
  setTimeout(cut, 1_000).unref()
}

/**
 * Listens for callbacks.
 * @param isLeaving whether connections should move to somebody else
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
    // Sigfox waits for its answer. Who does not can bring thousands of heads in one read, and Node keeps each of them until
    // those before it are answered: 20 connections without a token took 500 MiB.
    if (owed.has(socket)) return socket.destroy()
    owed.add(socket)
    callbacks.waiting++
    const answer = await door(incoming).catch((error: unknown) => {
      // whoever hung up is not there to be told
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
