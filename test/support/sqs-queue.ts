import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startFauxqs } from 'fauxqs'
import { vi } from 'vitest'
import { rawItemCodec } from '../../adapters/pack/items.ts'
import { unpackItems } from '../../adapters/pack/pack.ts'
import type { RawItem } from '../../core/message/uplink.ts'

const name = 'ProcessRawDataSigfox'

/** An emulated SQS with one queue, and what lies in it. */
export const openQueue = async () => {
  const server = await startFauxqs({ port: 0, logger: false })
  server.createQueue(name)
  const bodies = () => server.inspectQueue(name)?.messages.ready.map(({ body }) => body) ?? []
  const items = (): RawItem[] => bodies().flatMap((body) => unpackItems(rawItemCodec, Buffer.from(body, 'base64')))
  return {
    port: server.port,
    url: urlOf(server.port),
    bodies,
    items,
    empty: () => server.reset(),
    close: () => server.stop(),
  }
}

export const urlOf = (port: number, queue = name) => `http://127.0.0.1:${port}/000000000000/${queue}`

/** What every client of AWS needs to be told; `port` is where its SQS is. */
export const stubAws = (port: number) => {
  const environment = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' }
  for (const [key, value] of Object.entries(environment)) vi.stubEnv(key, value)
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', `http://127.0.0.1:${port}`)
}

/** A server of HTTP on a port of its own. */
export const serve = async (listener: RequestListener) => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, close }
}
