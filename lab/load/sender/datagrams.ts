import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { datagramBytes } from '../plan/fleet.ts'

/** What is in the kernel's hands is not written again before these many others. */
const buffers = 4_096

/** Sends datagrams from several sockets in turn. */
export const openDatagrams = async (host: string, port: number, sources: readonly string[]) => {
  const open = async (source: string | undefined) => {
    // an address is no name: the answer at once spares a turn of the event loop for each datagram
    const socket = createSocket({ type: 'udp4', lookup: (name, _options, found) => found(null, name, 4) })
    // nobody listening is a fact that the gateway's counters show
    socket.on('error', () => undefined)
    // the answer at once also ends the binding before anybody could wait for it
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
    /** @param write fills the buffer and answers how many bytes are sent */
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
