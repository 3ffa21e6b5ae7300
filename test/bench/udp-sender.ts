import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { readUdpTable } from '../../udp-gateway/kernel.ts'

/**
 * Sends Adeunis datagrams of 50 bytes to a port of this machine, then prints how many.
 *
 *     node udp-sender.ts PORT SECONDS PER_SECOND
 *
 * PER_SECOND 0 saturates: a closed window by the receiver's own queue in the kernel, so that the receiver never waits
 * and the kernel drops nothing.
 */
const [port = 0, seconds = 0, perSecond = 0] = process.argv.slice(2).map(Number)
const burst = 100
const windowBytes = 4 * 1024 * 1024

const datagram = Buffer.alloc(50)
datagram.write('0861234567890123' + '17' + '00000000' + '46800000009f00000002', 'hex')
// resolving at once spares a turn of the event loop for each datagram
const socket = createSocket({ type: 'udp4', lookup: (host, _options, found) => found(null, host, 4) })
let sent = 0

const sendBurst = (count: number) => {
  for (let i = 0; i < count; i++) {
    datagram.writeUInt32BE(sent++, 9)
    socket.send(datagram, port, '127.0.0.1')
  }
}

const startMs = performance.now()
for (;;) {
  const elapsed = (performance.now() - startMs) / 1000
  if (elapsed > seconds) break
  if (perSecond > 0) {
    sendBurst(Math.floor(elapsed * perSecond) - sent)
    await pause(1)
  } else if (readUdpTable(readFileSync('/proc/net/udp', 'latin1'), port).waitingBytes > windowBytes) {
    await pause(1)
  } else {
    sendBurst(burst)
    // lets the sends complete
    await new Promise(setImmediate)
  }
}
socket.close()
process.stdout.write(`${JSON.stringify({ event: 'sent', sent })}\n`)
