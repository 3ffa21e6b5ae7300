import { createServer, type RequestListener, type Server } from 'node:http'
import { setting } from '../contract/settings.ts'
import { type Listening, listen } from './listen.ts'

/** What the two pages show. */
export interface Status {
  /** Null while healthy, otherwise why not. */
  readonly ailment: () => string | null
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> }
}

const answer =
  ({ ailment, metrics }: Status): RequestListener =>
  async (request, response) => {
    if (request.url === '/healthz') {
      const reason = ailment()
      response.writeHead(reason === null ? 200 : 503, { 'content-type': 'text/plain' }).end(`${reason ?? 'ok'}\n`)
    } else if (request.url === '/metrics') {
      response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.text())
    } else {
      response.writeHead(404).end()
    }
  }

/**
 * Serves `/healthz` (200 or 503) and `/metrics` over HTTP.
 * @throws PortError
 */
export const serveStatus = (settings: Listening & { readonly healthPort: number }, status: Status): Promise<Server> =>
  listen(createServer(answer(status)), settings.healthPort, settings, setting.healthPort)
