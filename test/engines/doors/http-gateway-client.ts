import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type GatewaySettings, startGateway } from '../../../http-gateway/gateway.ts'
import { scrape } from '../../support/udp-gateway-client.ts'
import { openTopic } from '../bus/told-topic.ts'

const settings: GatewaySettings = {
  httpPort: 0,
  healthPort: 0,
  lingerMs: 30,
  queueBytes: 128 * 1024 * 1024,
  callback: {
    fieldNames: { device: 'device', time: 'time', data: 'data', seqNumber: 'seqNumber' },
    batchColumns: ['device', 'time', 'data', 'seqNumber'],
  },
}

const token = 'sesame-opens'
/** The header that opens the door. */
export const opened = `authorization: Bearer ${token}`

const closers: (() => unknown)[] = []
export const closeLater = (close: () => unknown): unknown => closers.push(close)
/** Closes what was opened since, the last first. */
export const closeAll = async () => {
  for (const close of closers.splice(0).reverse()) await close()
}

/** A gateway before a topic that does as it is told, and what asks it. */
export const open = async (overrides: Partial<GatewaySettings> = {}) => {
  const topic = openTopic()
  const isValid = async (given: string) => given === token
  const { ports, leave, stop } = await startGateway({ ...settings, ...overrides }, topic.stream, isValid)
  closeLater(() => stop(100))
  const vitals = () => scrape(ports.healthPort)
  const request = (
    body: string,
    path = '/sigfox/uplink',
    headers: Record<string, string> = {},
    port = ports.httpPort,
  ) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain', ...headers },
      body,
    })
  return { ...ports, leave, stop, topic, vitals, request }
}

/** A connection on which bytes are written as they are; all that comes back, once it has ended. */
export const openLine = async (port: number) => {
  const socket: Socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.setEncoding('utf8').on('data', (text) => {
    answer += text
  })
  // a door that cuts somebody off resets the connection: that is an end as well
  socket.on('error', () => undefined)
  const ended = new Promise<string>((resolve) => socket.on('close', () => resolve(answer)))
  closeLater(() => socket.destroy())
  await once(socket, 'connect')
  return { write: (text: string) => socket.write(text), answer: () => answer, ended }
}

/** The head of a callback with these header lines. */
export const head = (...lines: string[]) =>
  ['POST /sigfox/uplink HTTP/1.1', 'host: sluice', ...lines, '', ''].join('\r\n')
