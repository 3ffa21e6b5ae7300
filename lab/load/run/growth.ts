import { setTimeout as pause } from 'node:timers/promises'
import { createCpuMeter } from '../measure/cpu.ts'
import { messagesPerSecond, periodSeconds, startSecondsOf } from '../plan/plan.ts'
import { isEven, verdictOf } from '../result/fates.ts'
import type { Dollars, Growth, Size } from '../result/growth.ts'
import { fitLine, judgeGrowth } from '../result/line.ts'
import { microsOf, outside } from '../result/parts.ts'
import type { LoadResult } from '../result/result.ts'
import type { System } from '../system/system.ts'
import { openBill } from './dollars.ts'
import type { Options } from './options.ts'
import { runSession } from './session.ts'

const settleMs = 3_000
const idleMs = 20_000

const counted = (byPart: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(byPart).filter(([part]) => !outside.includes(part)))

/** CPU of a system that receives nothing, by part, in percent of one core. */
const measureIdle = async ({ look }: System): Promise<Record<string, number>> => {
  if (look === null) return {}
  const cpu = createCpuMeter()
  await pause(settleMs)
  cpu.begin((await look()).processes)
  const beganAtMs = performance.now()
  await pause(idleMs)
  cpu.look((await look()).processes)
  const elapsedSeconds = (performance.now() - beganAtMs) / 1_000
  const seconds = Object.entries(counted(cpu.seconds()))
  return Object.fromEntries(seconds.map(([part, spent]) => [part, (100 * spent) / elapsedSeconds]))
}

const sizeOf = (result: LoadResult, dollars: Dollars): Size => {
  const rate = result.sent / result.sendSeconds
  const microsPerMessage = microsOf(result, () => true) ?? 0
  return {
    devices: result.plan.devices,
    messagesPerSecond: rate,
    sent: result.sent,
    isEven: isEven(result),
    says: verdictOf(result).says,
    cpuMicrosPerMessage: counted(result.cpuMicrosPerMessage),
    microsPerMessage,
    corePercent: (microsPerMessage * rate) / 10_000,
    dollars,
  }
}

/**
 * Sends the same plan for several sizes of the fleet, each to a new system, and finds how the cost grows. Null where it was
 * interrupted.
 */
export const measureGrowth = async (options: Options, interrupt: AbortSignal): Promise<Growth | null> => {
  const bill = await openBill(options)
  const sizes: Size[] = []
  let idlePercent: Record<string, number> | null = null
  for (const devices of options.sizes) {
    const { seconds, speed } = options.plan
    const plan = { ...options.plan, devices, startSeconds: startSecondsOf(Date.now(), seconds, speed) }
    await runSession({
      options,
      plan,
      interrupt,
      opened: async (system) => {
        idlePercent ??= await measureIdle(system)
      },
      found: (result) => {
        sizes.push(sizeOf(result, bill(messagesPerSecond(plan) * periodSeconds)))
      },
    })
    if (interrupt.aborted) return null
  }
  const points = sizes.map(({ messagesPerSecond: rate, corePercent }) => ({ rate, corePercent }))
  const { seconds, speed, sigfoxShare, sigfoxBatches, seed } = options.plan
  return {
    plan: { minutes: seconds / 60, speed, sigfoxShare, sigfoxBatches, seed, bus: options.bus },
    idlePercent: idlePercent ?? {},
    sizes,
    line: fitLine(points),
    ...judgeGrowth(points),
  }
}
