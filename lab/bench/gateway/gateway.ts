import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { askKernel } from '../../../udp-gateway/kernel.ts'
import { confirmPercentiles } from '../../load/measure/confirm.ts'
import { totalsOf } from '../../load/measure/doubt.ts'
import type { Cell, Section } from '../../text/table.ts'
import type { Part, Progress } from '../measure/part.ts'
import { costColumns, largestCosts, sharesOf } from '../workers/profile.ts'
import { openUdpBench, type Receiver, type UdpBench } from './udp-bench.ts'

const seconds = 4
const warmUpSeconds = 1.5
const mebibyte = 1024 * 1024

interface Measurement {
  readonly perSecond: number
  readonly micros: number
  readonly lost: number
  readonly drops: number
  /** Milliseconds from received to confirmed by the bus. Null for a receiver that confirms nothing. */
  readonly confirmedP99: number | null
}

/** What a receiver's process spends on a datagram. `perSecond` 0 sends as many as it takes. */
const measure = async (bench: UdpBench, receiver: Receiver, perSecond: number): Promise<Measurement> => {
  const look = async () => ({
    handled: await receiver.handled(),
    drops: (await askKernel(receiver.udpPort)).drops,
    cpu: receiver.measured.cpuSeconds(),
    scraped: (await receiver.scrape?.()) ?? null,
  })
  await bench.send(receiver, warmUpSeconds, perSecond)
  const before = await look()
  const sent = await bench.send(receiver, seconds, perSecond)
  const after = await look()
  const handled = after.handled - before.handled
  return {
    perSecond: Math.round(handled / seconds),
    micros: ((after.cpu - before.cpu) * 1e6) / handled,
    lost: sent - handled,
    drops: after.drops - before.drops,
    confirmedP99:
      before.scraped && after.scraped ? confirmPercentiles(totalsOf([before.scraped, after.scraped])).p99 : null,
  }
}

/** Receivers that do nothing else, then the gateway. Each ends before the next begins. */
const receivers = (bench: UdpBench): [string, () => Promise<Receiver>][] => {
  const { program, startFloor, startGateway } = bench
  const ofC: [string, () => Promise<Receiver>][] =
    program === null
      ? []
      : [
          ['C, receives (recvmmsg)', () => startFloor(program, 'receive')],
          ['C, answers (recvmmsg, sendmmsg)', () => startFloor(program, 'answer')],
        ]
  return [
    ...ofC,
    ['Node, receives', () => startFloor('lab/bench/gateway/udp-floor.ts', 'receive')],
    ['Node, answers', () => startFloor('lab/bench/gateway/udp-floor.ts', 'answer')],
    ['gateway', () => startGateway(4 * mebibyte)],
  ]
}

const speeds = [
  [0, 'saturated'],
  [10_000, '10,000/s'],
  [1_000, '1,000/s'],
] as const

const measureAll = async (bench: UdpBench, progress: Progress): Promise<Section> => {
  const rows: Cell[][] = []
  const all = receivers(bench)
  for (const [perSecond, speed] of speeds) {
    const found = new Map<string, Measurement>()
    for (const [name, start] of all) {
      // at low rates the cost is in waking up, and the bare receivers cost the same with and without an answer
      if (perSecond > 0 && name.includes('answers')) continue
      progress(`gateway: ${name}, ${speed}`)
      const receiver = await start()
      found.set(name, await measure(bench, receiver, perSecond))
      receiver.measured.child.kill('SIGKILL')
    }
    const floors = [...found.keys()].filter((name) => name !== 'gateway')
    for (const [name, now] of found) {
      const ratios = all.slice(0, -1).map(([floor]) => {
        const micros = found.get(floor)?.micros
        return name === 'gateway' && micros !== undefined && floors.includes(floor) ? now.micros / micros : null
      })
      rows.push([`${name}, ${speed}`, now.perSecond, now.micros, ...ratios, now.lost, now.drops, now.confirmedP99])
    }
  }
  return {
    title: 'UDP gateway: CPU a datagram beside programs that do nothing else',
    columns: [
      'what',
      'datagrams/s',
      'CPU µs',
      ...all.slice(0, -1).map(([name]) => `x ${name.replace(/ \(.*/, '')}`),
      'lost',
      'drops',
      'confirmed p99 ms',
    ],
    rows,
    notes: [
      bench.program === null
        ? 'No C compiler (cc) here: the two programs in C were left out, and the sender is Node.'
        : 'The sender is in C where it saturates. A receiver in C is faster than any sender here, and is woken for a few datagrams at a time.',
      'The gateway sends no answers, so compare it with the receivers that only receive. Those that answer show the floor of a door that acknowledges.',
      'Recorded traffic: Adeunis of 23 B and of 69 B (24 samples), Dragino of 91 B, from one machine, in turn.',
    ],
  }
}

const profileGateway = async (bench: UdpBench, progress: Progress): Promise<Section> => {
  progress('gateway: where its time goes')
  const receiver = await bench.startGateway(4 * mebibyte, [
    '--cpu-prof',
    `--cpu-prof-dir=${bench.folder}`,
    '--cpu-prof-interval=300',
  ])
  const { micros } = await measure(bench, receiver, 0)
  const ended = new Promise((resolve) => receiver.measured.child.once('exit', resolve))
  receiver.measured.child.kill('SIGTERM')
  await ended
  const name = readdirSync(bench.folder).find((file) => file.endsWith('.cpuprofile'))
  if (name === undefined) throw new Error('The gateway left no profile.')
  const shares = sharesOf(JSON.parse(readFileSync(join(bench.folder, name), 'utf8')))
  const costs = new Map([...shares].map(([place, share]) => [place, share * micros]))
  return {
    title: 'Largest costs of the gateway, saturated',
    columns: costColumns,
    rows: largestCosts('gateway', costs),
    notes: [],
  }
}

/** The gateway over loopback, publishing to the queue emulator, compared with receivers that only count. */
export const gateway: Part = async (progress) => {
  const bench = openUdpBench()
  try {
    return [await measureAll(bench, progress), await profileGateway(bench, progress)]
  } finally {
    bench.close()
  }
}
