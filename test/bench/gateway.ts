import { setTimeout as pause } from 'node:timers/promises'
import { setting } from '../../core/settings.ts'
import { vital } from '../../core/vitals.ts'
import { askKernel } from '../../udp-gateway/kernel.ts'
import { scrape } from '../contract/udp-gateway-client.ts'
import { type Measured, startProcess } from './process.ts'

export interface GatewayRow {
  readonly what: string
  readonly messagesPerSecond: number
  readonly cpuMicrosecondsPerMessage: number
  /** Against the bare receiver of the same run. */
  readonly ratioToFloor: number
  readonly lost: number
  readonly kernelDrops: number
}

interface Target {
  readonly measured: Measured
  readonly udpPort: number
  /** How many datagrams it has dealt with, once nothing is on its way any more. */
  readonly handled: () => Promise<number>
}

const seconds = 5
const warmUpSeconds = 2

const send = async (target: Target, forSeconds: number, perSecond: number) => {
  const { sent } = await startProcess('test/bench/udp-sender.ts', [target.udpPort, forSeconds, perSecond]).said('sent')
  while ((await askKernel(target.udpPort)).waitingBytes > 0) await pause(10)
  return Number(sent)
}

/** Sends for some seconds and reads what the receiver's process spent on it; 0 a second is as many as it takes. */
const measure = async (what: string, target: Target, perSecond: number, floorMicroseconds?: number) => {
  const look = async () => ({
    handled: await target.handled(),
    drops: (await askKernel(target.udpPort)).drops,
    cpu: target.measured.cpuSeconds(),
  })
  await send(target, warmUpSeconds, perSecond)
  const before = await look()
  const sent = await send(target, seconds, perSecond)
  const after = await look()
  const handled = after.handled - before.handled
  const microseconds = ((after.cpu - before.cpu) * 1e6) / handled
  return {
    what,
    messagesPerSecond: Math.round(handled / seconds),
    cpuMicrosecondsPerMessage: Number(microseconds.toFixed(2)),
    ratioToFloor: Number((microseconds / (floorMicroseconds ?? microseconds)).toFixed(2)),
    lost: sent - handled,
    kernelDrops: after.drops - before.drops,
  }
}

const startFloor = async (): Promise<Target> => {
  const measured = startProcess('test/bench/udp-floor.ts')
  const { udpPort } = await measured.said('ready')
  const handled = async () => {
    const counted = measured.said('counted')
    measured.child.kill('SIGUSR2')
    return Number((await counted).received)
  }
  return { measured, udpPort: Number(udpPort), handled }
}

const startGateway = async (queue: Record<string, string | number>): Promise<Target> => {
  const measured = startProcess('udp-gateway/main.ts', [], {
    [setting.rawTopicUrl]: queue.queueUrl,
    [setting.udpPort]: 0,
    [setting.healthPort]: 0,
    [setting.lingerMilliseconds]: 20,
    [setting.drainSeconds]: 0,
    [setting.receiveBufferBytes]: 4 * 1024 * 1024,
    [setting.queueBytes]: 512 * 1024 * 1024,
    [setting.rejectsPerSecond]: 10,
    AWS_ENDPOINT_URL_SQS: queue.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
  })
  const { udpPort, healthPort } = await measured.said('ready')
  const handled = async (): Promise<number> => {
    const vitals = await scrape(Number(healthPort))
    if (vitals[vital.queuedBytes] === 0) return vitals[vital.accepted] ?? 0
    await pause(20)
    return handled()
  }
  return { measured, udpPort: Number(udpPort), handled }
}

/** The gateway over loopback, publishing to the queue emulator, beside a receiver that only counts. Half a minute. */
export const benchGateway = async (): Promise<GatewayRow[]> => {
  const queue = startProcess('test/bench/queue-process.ts')
  const started = [queue]
  try {
    const floor = await startFloor()
    started.push(floor.measured)
    const gateway = await startGateway(await queue.said('ready'))
    started.push(gateway.measured)
    const bare = await measure('bare receiver, saturated', floor, 0)
    const bareSlow = await measure('bare receiver, 10,000/s', floor, 10_000)
    return [
      bare,
      await measure('gateway, saturated', gateway, 0, bare.cpuMicrosecondsPerMessage),
      bareSlow,
      await measure('gateway, 10,000/s', gateway, 10_000, bareSlow.cpuMicrosecondsPerMessage),
    ]
  } finally {
    for (const { child } of started) child.kill('SIGKILL')
  }
}

if (import.meta.main) console.table(await benchGateway())
