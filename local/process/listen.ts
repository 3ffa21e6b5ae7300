import { once } from 'node:events'
import type { Server } from 'node:http'

/** Listens on 127.0.0.1 only and returns the port. */
export const listenLocally = async (server: Server, port = 0): Promise<number> => {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : port
}

/** Accepts no more requests and lets the running ones finish, within a limit. */
export const closeServer = async (server: Server, limitMs: number): Promise<void> => {
  const timer = setTimeout(() => server.closeAllConnections(), limitMs)
  const closed = new Promise((done) => server.close(done))
  server.closeIdleConnections()
  await closed
  clearTimeout(timer)
}
