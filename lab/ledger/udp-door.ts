import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Ledger } from './ledger.ts'
import { type Scrape, scrape, settledIn } from './scrape.ts'

export interface UdpDoor {
  readonly host: string
  readonly port: number
  /** The address of the gateway's `/metrics`. */
  readonly statusUrl: string
}

const settleLimitMs = 15_000
/** Once nothing has arrived for this long and nothing is held, the missing datagrams were sent to a closed port. */
const silenceMs = 500

/**
 * Datagrams are not answered, so the counters stand in for acknowledgements. A window of datagrams is confirmed when
 * the same gateway process has received and accepted all of them. Otherwise it stays unknown.
 */
const windowIsOk = async (door: UdpDoor, before: Scrape, sent: number): Promise<boolean> => {
  const deadline = Date.now() + settleLimitMs
  let lastReceived = before.received
  let sinceMs = Date.now()
  while (Date.now() < deadline) {
    const now = await scrape(door.statusUrl)
    if (now?.received !== lastReceived) sinceMs = Date.now()
    lastReceived = now?.received ?? -1
    // a new process has counted from zero
    if (now && now.received < before.received) return false
    const all = now?.received === before.received + sent
    if (now && all && now.accepted === before.accepted + sent) return true
    const isSettled = now && now.received === settledIn(now)
    if (isSettled && (all || Date.now() - sinceMs > silenceMs)) return false
    await pause(10)
  }
  return false
}

const readyCounts = async (door: UdpDoor): Promise<Scrape> => {
  for (;;) {
    const counts = await scrape(door.statusUrl)
    if (counts && counts.received === settledIn(counts)) return counts
    await pause(20)
  }
}

const datagramsPerTurn = 20

/** Sends messages in windows, each once, and notes which were confirmed. There must be no other sender meanwhile. */
export const sendDatagrams = async (
  door: UdpDoor,
  ledger: Ledger,
  numbers: readonly number[],
  windowSize = 100,
): Promise<void> => {
  const socket = createSocket('udp4')
  try {
    for (let at = 0; at < numbers.length; at += windowSize) {
      const window = numbers.slice(at, at + windowSize)
      const before = await readyCounts(door)
      for (const [i, number] of window.entries()) {
        ledger.answered(number, 'unknown')
        socket.send(ledger.fleet.message(number).payload, door.port, door.host)
        if (i % datagramsPerTurn === datagramsPerTurn - 1) await pause(1)
      }
      if (await windowIsOk(door, before, window.length)) for (const number of window) ledger.answered(number, 'ok')
    }
  } finally {
    socket.close()
    await once(socket, 'close')
  }
}
