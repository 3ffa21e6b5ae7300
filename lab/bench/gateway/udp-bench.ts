import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { setting } from '../../../contract/settings.ts'
import { vital } from '../../../contract/vitals.ts'
import type { Uplink } from '../../../core/message/uplink.ts'
import { scrape } from '../../../test/support/udp-gateway-client.ts'
import { askKernel } from '../../../udp-gateway/kernel.ts'
import { type Scrape, scrape as scrapeGateway } from '../../ledger/scrape.ts'
import { adeunisDays, dragino, type Fleet, logOf } from '../fleet.ts'
import { type Measured, startProcess } from '../measure/process.ts'

/** A process that receives datagrams. */
export interface Receiver {
  readonly measured: Measured
  readonly udpPort: number
  /** How many datagrams it has dealt with, once it holds none any more. */
  readonly handled: () => Promise<number>
  /** What the gateway's metrics say. */
  readonly scrape?: () => Promise<Scrape | null>
}

const framesOf = (fleet: Fleet, count: number) => (logOf(fleet)(count) as Uplink[]).map(({ payload }) => payload)

/** An Adeunis frame with two indexes, as a datagram of 23 bytes. */
const shortDatagram = (device: number) => {
  const datagram = Buffer.alloc(23)
  datagram.write(adeunisDays.deviceId(device), 'hex')
  datagram.writeUInt32BE(device, 9)
  datagram.write('4680000000010000000002', 13, 'hex')
  return datagram
}

/** Datagrams of three kinds, each preceded by its length (two bytes, big-endian). */
const recorded = () =>
  Buffer.concat(
    [
      ...Array.from({ length: 1_000 }, (_, i) => shortDatagram(i)),
      ...framesOf(dragino, 1_000),
      ...framesOf(adeunisDays, 1_000),
    ]
      // the kinds take turns, as at a real door
      .map((_, i, all) => all[(i % 3) * 1_000 + Math.floor(i / 3)] ?? Buffer.alloc(0))
      .flatMap((datagram) => {
        const length = Buffer.alloc(2)
        length.writeUInt16BE(datagram.length)
        return [length, datagram]
      }),
  )

/** Traffic for the benchmarks of datagrams, and the processes that send and receive it. `close` ends them all. */
export const openUdpBench = () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const file = join(folder, 'datagrams')
  writeFileSync(file, recorded())
  const started: Measured[] = []
  const start = (...given: Parameters<typeof startProcess>) => {
    const measured = startProcess(...given)
    started.push(measured)
    return measured
  }
  const program = compile(folder)

  const startFloor = async (script: string, ...words: (string | number)[]): Promise<Receiver> => {
    const measured = start(script, words)
    const { udpPort } = await measured.said('ready')
    const handled = async () => {
      const counted = measured.said('counted')
      measured.child.kill('SIGUSR2')
      return Number((await counted).received)
    }
    return { measured, udpPort: Number(udpPort), handled }
  }

  return {
    folder,
    /** The C program. Null where there is no compiler. */
    program,
    startFloor,
    /** The gateway as deployed, publishing to an emulated queue. */
    startGateway: async (receiveBufferBytes: number, nodeOptions: string[] = []): Promise<Receiver> => {
      const queue = await start('lab/bench/bus/queue-process.ts').said('ready')
      const measured = start('udp-gateway/main.ts', [], gatewaySettings(queue, receiveBufferBytes), nodeOptions)
      const { udpPort, healthPort } = await measured.said('ready')
      const handled = async (): Promise<number> => {
        const vitals = await scrape(Number(healthPort))
        if (vitals[vital.queuedBytes] === 0) return vitals[vital.accepted] ?? 0
        await pause(20)
        return handled()
      }
      return {
        measured,
        udpPort: Number(udpPort),
        handled,
        scrape: () => scrapeGateway(`http://127.0.0.1:${healthPort}`),
      }
    },
    /** Sends for some seconds, then waits until the kernel holds none of it. `perSecond` 0 sends as many as are taken. */
    send: async ({ udpPort }: Receiver, seconds: number, perSecond: number): Promise<number> => {
      const sender =
        program !== null && perSecond === 0
          ? start(program, ['send', file, udpPort, seconds])
          : start('lab/bench/gateway/udp-sender.ts', [file, udpPort, seconds, perSecond])
      const { sent } = await sender.said('sent')
      while ((await askKernel(udpPort)).waitingBytes > 0) await pause(10)
      return Number(sent)
    },
    close: () => {
      for (const { child } of started) child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type UdpBench = ReturnType<typeof openUdpBench>

const compile = (folder: string): string | null => {
  const program = join(folder, 'udp-floor')
  try {
    execFileSync('cc', ['-O2', '-o', program, join(import.meta.dirname, 'udp-floor.c')], { stdio: 'pipe' })
    return program
  } catch {
    return null
  }
}

const gatewaySettings = (queue: Record<string, string | number>, receiveBufferBytes: number) => ({
  [setting.rawTopicUrl]: queue.queueUrl,
  [setting.udpPort]: 0,
  [setting.healthPort]: 0,
  [setting.lingerMilliseconds]: 20,
  [setting.drainSeconds]: 0,
  [setting.receiveBufferBytes]: receiveBufferBytes,
  [setting.queueBytes]: 512 * 1024 * 1024,
  [setting.rejectsPerSecond]: 10,
  AWS_ENDPOINT_URL_SQS: queue.endpoint,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
})
