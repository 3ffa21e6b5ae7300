import { createSocket } from 'node:dgram'

/** The least that Node can do with a datagram: receive it and count it. */
const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 })
let received = 0
socket.on('message', () => received++)
socket.bind(0, () => process.stdout.write(`${JSON.stringify({ event: 'ready', udpPort: socket.address().port })}\n`))
process.on('SIGUSR2', () => process.stdout.write(`${JSON.stringify({ event: 'counted', received })}\n`))
