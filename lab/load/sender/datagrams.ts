import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { datagramBytes } from '../plan/fleet.ts'

/** A buffer that the kernel may still hold is reused only after this many others. */
const buffers = 4_096

/** Sends datagrams from several sockets in turn. */
export const openDatagrams = async (host: string, port: number, sources: readonly string[]) => {
  const open = async (source: string | undefined) => {
    // the host is an address already: resolving at once saves a turn of the event loop for each datagram
    const socket = createSocket({ type: 'udp4', lookup: (name, _options, found) => found(null, name, 4) })
    // the gateway's counters show it if nothing listens
    socket.on('error', () => undefined)
    // resolving at once also ends the bind at once, so the wait must begin before it
    const listening = once(socket, 'listening')
    socket.bind(0, source)
    await listening
    return socket
  }
  const sockets = await Promise.all((sources.length > 0 ? sources : [undefined]).map(open))
  const ring = Array.from({ length: buffers }, () => Buffer.alloc(datagramBytes))
  let turn = 0
  const socketOfTurn = () => sockets[turn++ % sockets.length] as Socket
  return {
    /** @param write fills the buffer and returns how many bytes to send */
    send: (write: (target: Buffer) => number) => {
      const target = ring[turn % buffers] as Buffer
      const bytes = write(target)
      socketOfTurn().send(target, 0, bytes, port, host)
    },
    sendBytes: (bytes: Uint8Array) => socketOfTurn().send(bytes, port, host),
    close: () => {
      for (const socket of sockets) socket.close()
    },
  }
}
