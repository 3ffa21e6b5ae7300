import { createSocket } from 'node:dgram'

/**
 * The least that Node can do with a datagram: receive it and count it.
 *
 *     node udp-floor.ts [receive|answer] [RECEIVE_BUFFER_BYTES]
 *
 * `answer` sends 16 bytes back to each.
 */
const [mode = 'receive', recvBufferSize = 4 * 1024 * 1024] = process.argv.slice(2)
// resolving at once saves a turn of the event loop for each datagram
const lookup = (host: string, _options: unknown, found: (error: null, address: string, family: number) => void) =>
  found(null, host, 4)
const socket = createSocket({ type: 'udp4', recvBufferSize: Number(recvBufferSize), lookup: lookup as never })
const answer = Buffer.alloc(16)
let received = 0
if (mode === 'answer')
  socket.on('message', (_bytes, { port, address }) => {
    received++
    socket.send(answer, port, address)
  })
else socket.on('message', () => received++)
const say = (event: string, more: object) => process.stdout.write(`${JSON.stringify({ event, ...more })}\n`)
socket.bind(0, '127.0.0.1', () =>
  say('ready', { udpPort: socket.address().port, receiveBufferBytes: socket.getRecvBufferSize() }),
)
process.on('SIGUSR2', () => say('counted', { received }))
