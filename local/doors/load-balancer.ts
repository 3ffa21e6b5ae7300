import { Agent, type RequestListener, request } from 'node:http'
import { pipeline } from 'node:stream'

/**
 * Forwards each request unchanged to a port of this machine, and the answer back, as a load balancer does. It answers
 * 503 when there is no answer.
 */
export const forwardTo = (port: number): RequestListener => {
  const agent = new Agent({ keepAlive: true })
  return (incoming, response) => {
    const { method, url, rawHeaders } = incoming
    const forwarded = request({ host: '127.0.0.1', port, agent, method, path: url, headers: rawHeaders })
    forwarded.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 503, answer.headers)
      pipeline(answer, response, () => undefined)
    })
    forwarded.on('error', () => {
      // An answer that came before the whole body was taken stands.
      if (!response.headersSent) response.writeHead(503).end()
    })
    incoming.pipe(forwarded)
  }
}
