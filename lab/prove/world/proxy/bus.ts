import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { signalAll } from '../../../processes/proc.ts'
import { type BusCall, type Understood, understand } from './dialect.ts'
import type { Fault, PartialFailure } from './fault.ts'

export type BusFault = Fault | PartialFailure

/** A call that a rule decides about. */
export interface SeenCall extends BusCall {
  /** Id of the calling process, if it belongs to the run. */
  readonly caller: () => number | null
}

/** A publish that has ended, for the trace. */
export interface TracedCall {
  readonly topic: string
  readonly atMs: number
  readonly caller: number | null
  readonly records: readonly string[]
  /** For each record, whether the caller was told that the bus has it. */
  readonly confirmed: readonly boolean[]
  /** The caller hung up before the answer. */
  readonly abandoned: boolean
}

export interface BusProxy {
  readonly url: string
  /** Sets the rule that decides which fault hits a call. By default there is none. */
  readonly inject: (rule: ((call: SeenCall) => BusFault | null) | null) => void
  /** Refuses all connections (true), or accepts them again. */
  readonly down: (isDown: boolean) => void
  /** Reports every publish that ends from now on. Null stops that. */
  readonly trace: (see: ((call: TracedCall) => void) | null) => void
  readonly stop: () => Promise<void>
}

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: Buffer
}

const readAll = async (stream: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const forward = (to: URL, agent: Agent, incoming: IncomingMessage, body: Buffer | string): Promise<Answer> =>
  new Promise((answered, failed) => {
    const headers = { ...incoming.headers, 'content-length': String(Buffer.byteLength(body)) }
    const path = incoming.url ?? '/'
    const outgoing = request(
      { host: to.hostname, port: to.port, method: incoming.method, path, headers, agent },
      (response) =>
        readAll(response).then(
          (bytes) => answered({ status: response.statusCode ?? 500, headers: response.headers, body: bytes }),
          failed,
        ),
    )
    outgoing.on('error', failed)
    outgoing.end(body)
  })

const send = (response: ServerResponse, { status, headers, body }: Answer) => {
  const { 'transfer-encoding': _, connection: __, ...rest } = headers
  response.writeHead(status, { ...rest, 'content-length': String(body.length) }).end(body)
}

const sendError = (response: ServerResponse, errorType: string) => {
  const body = JSON.stringify({ __type: errorType, message: 'answered by the fault proxy' })
  response.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
}

/** The records that a caller considers confirmed after this answer. */
const confirmedIn = (answer: string, count: number): boolean[] => {
  const { Successful, Records } = JSON.parse(answer) as {
    Successful?: { Id: string }[]
    Records?: { ErrorCode?: string }[]
  }
  const confirmed = Array.from({ length: count }, () => false)
  for (const { Id } of Successful ?? []) confirmed[Number(Id)] = true
  Records?.forEach(({ ErrorCode }, place) => {
    confirmed[place] = !ErrorCode
  })
  return confirmed
}

/**
 * A proxy between the processes and the bus, on 127.0.0.1. It understands publishes, receives and deletes.
 * @param callerAt finds the process that connected from this port to the proxy's
 */
export const startBusProxy = async (
  realUrl: string,
  callerAt: (fromPort: number, proxyPort: number) => number | null,
): Promise<BusProxy> => {
  const to = new URL(realUrl)
  const agent = new Agent({ keepAlive: true })
  const sockets = new Set<Socket>()
  let rule: ((call: SeenCall) => BusFault | null) | null = null
  let see: ((call: TracedCall) => void) | null = null
  let isDown = false
  let port = 0

  /** Returns false if the call ends here. */
  const suffer = async (
    fault: BusFault | null,
    at: 'before' | 'after',
    ends: { cut: () => void; error: () => void; caller: () => number | null },
  ) => {
    if (fault === null || fault.do === 'partial' || fault.at !== at) return true
    if (fault.do === 'wait') {
      await fault.until
      return true
    }
    if (fault.do === 'kill') signalAll([ends.caller()], 'SIGKILL')
    if (fault.do === 'error') ends.error()
    else ends.cut()
    return false
  }

  const pass = async (call: Understood, incoming: IncomingMessage, body: Buffer, response: ServerResponse) => {
    const fromPort = incoming.socket.remotePort ?? 0
    const caller = () => callerAt(fromPort, port)
    const isPublish = call.action === 'publish'
    const tracedCaller = isPublish && see ? caller() : null
    const fault = rule?.({ action: call.action, topic: call.topic, records: call.records, caller }) ?? null
    const told = (confirmed: boolean[]) => {
      if (isPublish)
        see?.({
          topic: call.topic,
          atMs: Date.now(),
          caller: tracedCaller,
          records: call.records,
          confirmed,
          abandoned: incoming.socket.destroyed,
        })
    }
    const nothing = () => told(call.records.map(() => false))
    const ends = {
      caller,
      cut: () => {
        nothing()
        incoming.socket.destroy()
      },
      error: () => {
        nothing()
        sendError(response, call.errorType)
      },
    }
    if (!(await suffer(fault, 'before', ends))) return
    // the caller has gone before the bus saw the call
    if (incoming.socket.destroyed) return nothing()
    const failing =
      fault?.do === 'partial' ? Array.from({ length: call.count }, (_, place) => fault.fails(place)) : null
    const fails = failing && ((place: number) => failing[place] === true)
    const none = failing?.every(Boolean)
    const answer = none
      ? { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: Buffer.from('{}') }
      : await forward(to, agent, incoming, fails ? call.without(fails) : body)
    if (!(await suffer(fault, 'after', ends))) return
    if (answer.status !== 200) {
      nothing()
      return send(response, answer)
    }
    const text = fails ? call.merge(answer.body.toString(), fails) : answer.body.toString()
    // a caller that has hung up is told nothing
    if (isPublish) told(incoming.socket.destroyed ? call.records.map(() => false) : confirmedIn(text, call.count))
    send(response, fails ? { ...answer, body: Buffer.from(text) } : answer)
  }

  const server = createServer(async (incoming, response) => {
    try {
      const body = await readAll(incoming)
      const call = understand(String(incoming.headers['x-amz-target'] ?? ''), body.toString())
      if (call) await pass(call, incoming, body, response)
      else send(response, await forward(to, agent, incoming, body))
    } catch {
      // the bus restarts, or the caller has gone: the connection ends
      incoming.socket.destroy()
    }
  })
  // a stalled bus keeps its callers waiting without a limit
  server.requestTimeout = 0
  server.on('connection', (socket) => {
    if (isDown) return socket.destroy()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    return undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port

  return {
    url: `http://127.0.0.1:${port}`,
    inject: (next) => {
      rule = next
    },
    down: (next) => {
      isDown = next
      if (isDown) for (const socket of sockets) socket.destroy()
    },
    trace: (next) => {
      see = next
    },
    stop: async () => {
      server.close()
      server.closeAllConnections()
      agent.destroy()
    },
  }
}
