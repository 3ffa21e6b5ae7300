import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { log } from '../adapters/process/log.ts'
import { setting } from '../contract/settings.ts'
import { type Listening, portError } from '../door/listen.ts'

/**
 * Binds a UDP socket and reads it. The receive buffer holds what arrives while the event loop stalls. At 10,000 datagrams a
 * second a default buffer is full after 28 ms, one of 4 MiB after about a second.
 * @returns the socket and the size of its buffer: the kernel gives twice what was asked for, or less without saying so
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
