import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { log } from '../adapters/process/log.ts'
import { setting } from '../contract/settings.ts'
import type { Listening } from '../door/listen.ts'
import { portError } from '../door/port-error.ts'

/**
 * Binds a UDP socket and reads it. The receive buffer is what survives a stall of the event loop: a default one is
 * full after 28 ms at 10,000 datagrams a second, 4 MiB after about a second.
 * @returns the socket and the buffer it got: the kernel gives twice what was asked, or silently less than asked
 * @throws PortError
 */
export const openSocket = async (
  {
    udpPort,
    receiveBufferBytes,
    listenAddress,
  }: Listening & { readonly udpPort: number; readonly receiveBufferBytes: number },
  onDatagram: (bytes: Uint8Array, origin: RemoteInfo) => void,
): Promise<{ socket: Socket; receiveBufferBytes: number }> => {
  const socket = createSocket({ type: 'udp4', recvBufferSize: receiveBufferBytes })
  socket.on('message', onDatagram)
  try {
    socket.bind(udpPort, listenAddress ?? undefined)
    await once(socket, 'listening')
  } catch (error) {
    throw portError('UDP', udpPort, setting.udpPort, error as NodeJS.ErrnoException)
  }
  const gotBytes = socket.getRecvBufferSize()
  if (gotBytes < receiveBufferBytes) {
    const remedy = 'raise net.core.rmem_max on the host'
    log.warn('receive buffer is smaller than asked', { askedBytes: receiveBufferBytes, gotBytes, remedy })
  }
  return { socket, receiveBufferBytes: gotBytes }
}
