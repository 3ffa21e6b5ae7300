import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { readUdpTable } from '../../../udp-gateway/kernel.ts'

/**
 * Sends the datagrams of a file (see `udp-bench.ts`) over and over to a port of this machine, then prints how many.
 *
 *     node udp-sender.ts FILE PORT SECONDS PER_SECOND
 *
 * PER_SECOND 0 saturates: it sends while the receiver's queue in the kernel has room, so that the receiver never waits
 * and the kernel drops nothing.
 */
const [file = '', ...words] = process.argv.slice(2)
const [port = 0, seconds = 0, perSecond = 0] = words.map(Number)
const burst = 100
const windowBytes = 3 * 1024 * 1024

const recorded = readFileSync(file)
const datagrams: Buffer[] = []
for (let at = 0; at < recorded.length; ) {
  const end = at + 2 + recorded.readUInt16BE(at)
  datagrams.push(recorded.subarray(at + 2, end))
  at = end
}

// resolving at once saves a turn of the event loop for each datagram
const socket = createSocket({ type: 'udp4', lookup: (host, _options, found) => found(null, host, 4) })
socket.on('message', () => {})
let sent = 0

const sendBurst = (count: number) => {
  for (let i = 0; i < count; i++) socket.send(datagrams[sent++ % datagrams.length] ?? '', port, '127.0.0.1')
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
