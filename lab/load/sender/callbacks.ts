import http from 'node:http'
import https from 'node:https'

/** Sigfox gives up after ten seconds. */
const patienceMs = 10_000
const connectionsPerSource = 32

export interface Callback {
  readonly path: string
  readonly contentType: string
  readonly body: string
  /** Null sends no token. */
  readonly token: string | null
}

/** Posts callbacks over kept-alive connections, from several addresses in turn. */
export const openCallbacks = (httpUrl: string, sources: readonly string[]) => {
  const { protocol, hostname, port } = new URL(httpUrl)
  const { Agent, request } = protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsPerSource, scheduling: 'lifo' })
  let turn = 0

  /** Calls `answered` with the status, or with 0 if there is no answer in time. */
  const post = ({ path, contentType, body, token }: Callback, answered: (status: number) => void) => {
    const source = sources[turn++ % sources.length]
    let open = true
    const settle = (status: number) => {
      if (open) answered(status)
      open = false
    }
    const headers: http.OutgoingHttpHeaders = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }
    if (token !== null) headers.authorization = `Bearer ${token}`
    const options = { method: 'POST', hostname, port, path, agent, headers, timeout: patienceMs }
    const outgoing = request(source === undefined ? options : { ...options, localAddress: source }, (answer) => {
      answer.resume()
      answer.once('end', () => settle(answer.statusCode ?? 0))
      answer.once('error', () => settle(0))
    })
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer')))
    outgoing.once('error', () => settle(0))
    outgoing.end(body)
  }
  return { post, close: () => agent.destroy() }
}
