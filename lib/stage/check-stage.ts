import { unless, within } from './check.ts'
import { checkBus } from './check-bus.ts'
import { checkDomains, checkExisting, checkRegion } from './check-place.ts'
import { connectionsNeeded } from './connections.ts'
import { maxConnections } from './sizes.ts'
import type { Stage, Throttle, Worker } from './stage.ts'

/** Fargate's pairs: CPU units to the smallest and largest memory, in steps of 1,024 MiB (and 512 at the very bottom). */
const fargateMemoryMiB: Record<number, [lowest: number, highest: number]> = {
  256: [512, 2048],
  512: [1024, 4096],
  1024: [2048, 8192],
  2048: [4096, 16_384],
  4096: [8192, 30_720],
}

const checkFunction = (name: string, { memoryMiB, timeoutSeconds }: Stage['api'], longestSeconds: number) => [
  ...within(`${name}.memoryMiB`, memoryMiB, 128, 10_240, ' MiB'),
  ...within(`${name}.timeoutSeconds`, timeoutSeconds, 1, longestSeconds, ' s'),
]

/** Lambda takes 10,000 in a batch and 6 MB in an invocation; in its event even an empty record is close to a kilobyte. */
const mostRecords = 6_000
const whyMostRecords = 'more do not fit into the 6 MB of an invocation'

const checkWorker = (name: string, worker: Worker) => [
  ...checkFunction(name, worker, 900),
  ...within(`${name}.batchSize`, worker.batchSize, 1, mostRecords, ` bus records: ${whyMostRecords}`),
  ...within(`${name}.windowSeconds`, worker.windowSeconds, 0, 300, ' s'),
]

const checkSigfox = ({ fields, batchColumns }: Stage['sigfox']) => {
  const columns = batchColumns.split(';')
  const missing = Object.values(fields).filter((field) => !columns.includes(field))
  return unless(
    missing.length === 0,
    `sigfox.batchColumns has no column ${missing.join(', ')}; it must hold every name in sigfox.fields.`,
  )
}

const checkThrottle = (name: string, { requestsPerSecond, burst }: Throttle) => [
  ...within(`${name}.requestsPerSecond`, requestsPerSecond, 1, 10_000),
  ...within(`${name}.burst`, burst, 1, 5_000),
]

/**
 * Nobody waits for the linger of a datagram, because no kind of datagram is acknowledged. A callback is answered after it,
 * and after up to 5 s of tries at the bus: all in 8 s, because Sigfox hangs up after 10.
 */
const longestLinger = (sigfoxDoor: Stage['sigfoxDoor']) => (sigfoxDoor === 'container' ? 1_000 : 10_000)

const checkGateway = ({ gateway, sigfoxDoor }: Stage) => {
  const { minTasks, maxTasks, cpuUnits, memoryMiB, lingerMilliseconds, drainSeconds } = gateway
  const [lowest, highest] = fargateMemoryMiB[cpuUnits] ?? [0, 0]
  const waits = sigfoxDoor === 'container' ? ': the callback waits for it' : ''
  return [
    ...within('gateway.minTasks', minTasks, 1, 100),
    ...within('gateway.maxTasks', maxTasks, Math.max(minTasks, 1), 100, ', and not below gateway.minTasks'),
    ...unless(
      memoryMiB >= lowest && memoryMiB <= highest && (memoryMiB % 1024 === 0 || memoryMiB === 512),
      `gateway.cpuUnits ${cpuUnits} with gateway.memoryMiB ${memoryMiB} is no pair that Fargate offers; 256 goes with 512, 1024 or 2048, 512 with 1024 to 4096, 1024 with 2048 to 8192.`,
    ),
    ...within('gateway.lingerMilliseconds', lingerMilliseconds, 1, longestLinger(sigfoxDoor), ` ms${waits}`),
    ...within('gateway.drainSeconds', drainSeconds, 1, 110, ' s: a task is killed 120 s after it is told to stop'),
  ]
}

const checkDatabase = ({ database, keepData, region }: Stage) => [
  ...within('database.storageGiB', database.storageGiB, 20, 65_536, ' GiB'),
  ...within(
    'database.maxStorageGiB',
    database.maxStorageGiB,
    database.storageGiB,
    65_536,
    ' GiB, and not below database.storageGiB',
  ),
  ...within('database.backupDays', database.backupDays, keepData ? 1 : 0, 35, keepData ? ' when keepData is true' : ''),
  ...(database.existing ? checkExisting(database.existing, region) : []),
]

const checkConnections = (stage: Stage) => {
  const needed = connectionsNeeded(stage)
  const offered = maxConnections(stage.database.instanceClass)
  const allowed = Math.floor(offered * 0.7)
  return unless(
    needed <= allowed,
    `The functions may hold ${needed} database connections at once; ${stage.database.instanceClass} offers ${offered}, of which 70 % (${allowed}) may be planned: lower maxConcurrency of raw, pulse or api, or take a larger database.instanceClass.`,
  )
}

const checkWatch = ({ alarmEmail, silenceHours }: Stage['watch']) => [
  ...unless(
    alarmEmail === '' || /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(alarmEmail),
    `watch.alarmEmail is "${alarmEmail}"; it must be an address like who@example.com, or empty for nobody.`,
  ),
  ...within('watch.silenceHours', silenceHours, 0, 24, ' hours'),
]

/** Every reason why this stage cannot work, each one sentence naming the setting and its range. Empty if it can. */
export const checkStage = (stage: Stage): string[] => [
  ...checkRegion(stage.region),
  ...checkWorker('raw', stage.raw),
  ...checkWorker('pulse', stage.pulse),
  ...checkBus(stage),
  // An HTTP API gives up on its function after 30 s.
  ...checkFunction('api', stage.api, 30),
  ...within('api.maxConcurrency', stage.api.maxConcurrency, 1, 1_000),
  ...checkThrottle('throttle.callbacks', stage.throttle.callbacks),
  ...checkThrottle('throttle.readings', stage.throttle.readings),
  ...checkDomains(stage),
  ...checkSigfox(stage.sigfox),
  ...checkGateway(stage),
  ...checkDatabase(stage),
  ...checkConnections(stage),
  ...within('rawRetentionDays', stage.rawRetentionDays, 1, 400, ' days: older device times are refused anyway'),
  ...within('readingRetentionDays', stage.readingRetentionDays, 0, 36_500, ' days, 0 being for ever'),
  ...unless(
    stage.readingRetentionDays === 0 || stage.readingRetentionDays >= stage.rawRetentionDays,
    `readingRetentionDays is ${stage.readingRetentionDays}; a replay would bring back what is removed sooner than the raw messages: use ${stage.rawRetentionDays} or more, or 0 for ever.`,
  ),
  ...checkWatch(stage.watch),
  ...unless(stage.name !== 'prod' || stage.keepData, 'keepData is false; in prod it must be true.'),
]
