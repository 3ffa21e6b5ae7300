import { freePort, freeUdpPort } from '../../../local/process/ports.ts'
import { createShutdown } from '../../../local/process/shutdown.ts'
import { type Local, startLocal } from '../../../local/start.ts'
import type { PackAges } from '../result/result.ts'
import type { HostAnswer, HostQuestion, HostSettings } from './messages.ts'

/** Runs the local system in a separate process, so that the cost of the ledger is not counted as the system's. */
const say = (answer: HostAnswer) => process.send?.(answer)
const shutdown = createShutdown((line) => say({ report: line }))

const start = async ({ dataDir, bus, stage, timeScale, token, assemblyFolder }: HostSettings): Promise<Local> => {
  const overrides = {
    httpPort: await freePort(),
    udpPort: await freeUdpPort(),
    dataDir,
    bus,
    sigfoxDoor: 'lambda' as const,
    sigfoxToken: token,
    timeScale,
  }
  const options = { report: (line: string) => say({ report: line }), shutdown, stage, isScratch: true }
  return startLocal(overrides, assemblyFolder === null ? options : { ...options, assemblyFolder })
}

/** ARNs of the functions that read the bus. */
const readersOf = ({ queueMappings, streamMappings }: Local['plan']) => [
  ...new Set([...queueMappings, ...streamMappings].map(({ functionArn }) => functionArn)),
]

const oldestPacks = ({ plan, oldestMs }: Local): PackAges => {
  const oldest = (worker: RegExp) =>
    Math.max(
      0,
      ...readersOf(plan)
        .filter((arn) => worker.test(arn))
        .map(oldestMs),
    )
  return { raw: oldest(/RawWorker/), pulse: oldest(/PulseWorker/) }
}

const waitingIn = async ({ plan, waiting }: Local): Promise<number | null> => {
  try {
    return (await Promise.all(readersOf(plan).map(waiting))).reduce((sum, packs) => sum + packs, 0)
  } catch {
    return null
  }
}

let local: Local | null = null
let waiting: number | null = null
const end = async () => {
  await shutdown.run()
  process.exit()
}

// Ctrl-C reaches the whole process group, and the parent decides what follows
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.on('disconnect', () => void end())
process.on('message', async (question: HostQuestion) => {
  if (question === 'stop') return end()
  if (question === 'look') {
    if (!local) return
    // the bus may answer slowly, and a fault that needs the processes must not wait for it
    say({ look: { processes: local.processes(), waiting, oldestPackMs: oldestPacks(local) } })
    waiting = await waitingIn(local)
    return
  }
  try {
    local = await start(question.start)
    const { httpUrl, udpPort, gatewayUrl } = local
    say({ ready: { httpUrl, udpPort, gatewayUrl } })
  } catch (error) {
    say({ fault: (error as Error).message })
    await end()
  }
})
