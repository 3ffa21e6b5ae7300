import { Agent, type RequestListener, request } from 'node:http'
import { pipeline } from 'node:stream'

/** Hands each request on to a port of this machine as it is, and the answer back, as a load balancer does; 503 without one. */
export const handOnTo = (port: number): RequestListener => {
  const agent = new Agent({ keepAlive: true })
  return (incoming, response) => {
    const { method, url, rawHeaders } = incoming
    const onward = request({ host: '127.0.0.1', port, agent, method, path: url, headers: rawHeaders })
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 503, answer.headers)
      pipeline(answer, response, () => undefined)
    })
    onward.on('error', () => {
      // what was answered before all of a body was taken is an answer
      if (!response.headersSent) response.writeHead(503).end()
    })
    incoming.pipe(onward)
  }
}
