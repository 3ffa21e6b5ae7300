import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartFault } from './starting.ts'

type Bind = (port: number) => Promise<number>

const bindTcp: Bind = async (port) => {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return typeof address === 'object' && address ? address.port : port
}

const bindUdp: Bind = async (port) => {
  const socket = createSocket('udp4').bind(port, '127.0.0.1')
  await once(socket, 'listening')
  const bound = socket.address().port
  await new Promise<void>((closed) => socket.close(closed))
  return bound
}

/** A TCP port of 127.0.0.1 that is free now. */
export const freePort = () => bindTcp(0)

/** A UDP port of 127.0.0.1 that is free now. */
export const freeUdpPort = () => bindUdp(0)

/** Children of a killed run take a moment to notice that it has ended. */
const patienceMs = 1_000

const requirePort = async (bind: Bind, port: number, kind: string, variable: string) => {
  const deadline = Date.now() + patienceMs
  for (;;) {
    try {
      return await bind(port)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EACCES')
        throw new StartFault(`${kind} port ${port} needs more rights than this user has: set ${variable} above 1023.`)
      if (code !== 'EADDRINUSE') throw error
      if (Date.now() > deadline)
        throw new StartFault(
          `${kind} port ${port} is in use: stop the other program, or set ${variable} to a free port.`,
        )
      await sleep(100)
    }
  }
}

/**
 * Checks the ports of both doors before anything is started.
 * @throws StartFault naming the variable to change
 */
export const requirePorts = async (httpPort: number, udpPort: number): Promise<void> => {
  await requirePort(bindTcp, httpPort, 'TCP', 'HTTP_PORT')
  await requirePort(bindUdp, udpPort, 'UDP', 'UDP_PORT')
}
