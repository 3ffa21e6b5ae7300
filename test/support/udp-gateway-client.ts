import { createSocket } from 'node:dgram'
import { setTimeout as pause } from 'node:timers/promises'

/** A device's end of the line: sends datagrams, and counts what comes back. */
export const openSender = (port: number) => {
  // resolving at once makes `send` put the datagram on the wire before it returns
  const socket = createSocket({ type: 'udp4', lookup: (host, _options, found) => found(null, host, 4) })
  const sender = {
    answers: 0,
    send: (datagram: Uint8Array) => socket.send(datagram, port, '127.0.0.1'),
    close: () => socket.close(),
  }
  socket.on('message', () => sender.answers++)
  socket.bind(0, '127.0.0.1')
  return sender
}

/** What the gateway's metrics say, by name; labels are summed up. */
export const scrape = async (healthPort: number): Promise<Record<string, number>> => {
  const text = await (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text()
  const totals: Record<string, number> = {}
  for (const line of text.split('\n')) {
    const [, name, value] = /^(\w+)(?:\{.*\})? (\S+)$/.exec(line) ?? []
    if (name) totals[name] = (totals[name] ?? 0) + Number(value)
  }
  return totals
}

export const healthStatus = async (healthPort: number): Promise<number> =>
  (await fetch(`http://127.0.0.1:${healthPort}/healthz`)).status

/** Asks until the answer is good, for so long; then answers the last one, for the test to show. */
export const eventually = async <T>(
  ask: () => Promise<T>,
  good: (answer: T) => boolean,
  limitMs = 10_000,
): Promise<T> => {
  const endMs = Date.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (good(answer) || Date.now() > endMs) return answer
    await pause(20)
  }
}
