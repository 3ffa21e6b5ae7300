import { setTimeout as pause } from 'node:timers/promises'
import { askKernel } from '../../../udp-gateway/kernel.ts'
import type { Cell } from '../../text/table.ts'
import type { Part } from '../measure/part.ts'
import { openUdpBench, type UdpBench } from './udp-bench.ts'

const perSecond = 10_000
const stallMs = 200
const seconds = 4
/** The largest buffer that a host grants unless `net.core.rmem_max` has been raised. */
const stockBytes = 212_992

/** What the kernel charges for a waiting datagram: its bytes and their bookkeeping. */
const chargedBytes = async (bench: UdpBench): Promise<number> => {
  const receiver = await bench.startFloor('lab/bench/gateway/udp-floor.ts', 'receive')
  receiver.measured.child.kill('SIGSTOP')
  const sending = bench.send(receiver, 0.2, 1_000)
  await pause(2_000)
  const { waitingBytes } = await askKernel(receiver.udpPort)
  receiver.measured.child.kill('SIGCONT')
  const charged = waitingBytes / (await sending)
  receiver.measured.child.kill('SIGKILL')
  return charged
}

/** Stops the whole gateway three times while it receives 10,000 datagrams a second. */
const stallGateway = async (
  bench: UdpBench,
  askedBytes: number,
  effectiveBytes: number,
  charged: number,
): Promise<Cell[]> => {
  const receiver = await bench.startGateway(askedBytes)
  await bench.send(receiver, 1, perSecond)
  const before = { handled: await receiver.handled(), drops: (await askKernel(receiver.udpPort)).drops }
  const sending = bench.send(receiver, seconds, perSecond)
  let fullest = 0
  for (let stall = 0; stall < 3; stall++) {
    await pause(800)
    receiver.measured.child.kill('SIGSTOP')
    await pause(stallMs)
    fullest = Math.max(fullest, (await askKernel(receiver.udpPort)).waitingBytes)
    receiver.measured.child.kill('SIGCONT')
  }
  const sent = await sending
  const handled = (await receiver.handled()) - before.handled
  const drops = (await askKernel(receiver.udpPort)).drops - before.drops
  receiver.measured.child.kill('SIGKILL')
  const holds = Math.floor(effectiveBytes / charged)
  return [askedBytes, effectiveBytes, holds, (holds * 1000) / perSecond, sent, fullest, drops, sent - handled - drops]
}

/** What a stall of the whole gateway loses, by the size of the socket's buffer. */
export const stall: Part = async (progress) => {
  const bench = openUdpBench()
  try {
    progress('stall: what a waiting datagram takes')
    const charged = await chargedBytes(bench)
    const rows: Cell[][] = []
    // the kernel doubles what is asked, so half of the stock size gives what a socket has by default
    for (const askedBytes of [stockBytes / 2, stockBytes, 4 * 1024 * 1024]) {
      progress(`stall: a buffer of ${askedBytes} bytes asked for`)
      rows.push(await stallGateway(bench, askedBytes, 2 * askedBytes, charged))
    }
    return [
      {
        title: `Three stalls of ${stallMs} ms at ${perSecond.toLocaleString('en')} datagrams a second`,
        columns: [
          'buffer asked',
          'got',
          'holds datagrams',
          'holds ms',
          'sent',
          'fullest B',
          'kernel drops',
          'lost otherwise',
        ],
        rows,
        notes: [
          `A waiting datagram of the recorded traffic is charged ${Math.round(charged)} bytes (measured). The gateway's process is stopped from outside (SIGSTOP).`,
          `${stockBytes.toLocaleString('en')}: net.core.rmem_max of a stock host, so at most twice that is granted there. The first row is a socket that asks for nothing.`,
        ],
      },
    ]
  } finally {
    bench.close()
  }
}
