import type { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { unless, within } from './check.ts'
import { checkBus } from './check-bus.ts'
import { connectionsNeeded, type InstanceClass, maxConnections } from './connections.ts'

/** One stage of a lane: how its topic is read and how big each of its processes is. */
export interface Worker {
  /** Bus records (packs, not messages) in one invocation. 1 to 10,000; above 10 a window is needed on SQS. */
  batchSize: number
  /** Longest wait for a batch to fill, in seconds. 0 to 300. It is latency, and it saves invocations. */
  windowSeconds: number
  /**
   * Most invocations at once, for each lane. Each holds one database connection. 2 to 1,000 on SQS; on Kinesis each
   * shard has its equal part of them, 1 to 10.
   */
  maxConcurrency: number
  /** Memory, and with it CPU: 1,769 MiB is one whole vCPU. */
  memoryMiB: number
  /** A batch that takes longer is retried. A queue's visibility follows: six times this, plus the window. */
  timeoutSeconds: number
}

/** Everything that differs between two deployments. The literals stand side by side in `bin/stages.ts`. */
export interface Stage {
  /** Chosen by `-c env=NAME`; part of the stack names. */
  name: string
  /** What carries packs from the doors to the workers; selects the adapter behind `#bus` when code is bundled. */
  bus: 'sqs' | 'kinesis'
  /** Shards of each topic where the bus is Kinesis: 1,000 packs or 1 MB a second each. 1 to 16, or `on-demand`. */
  shards: number | 'on-demand'
  /** Stores raw messages. */
  raw: Worker
  /** Turns raw messages into readings. */
  pulse: Worker
  /**
   * The reading API. Its concurrency is reserved, because its connections count too: the account's limit must leave 100
   * beside it, which a new account reaches only after its quota was raised.
   */
  api: Pick<Worker, 'maxConcurrency' | 'memoryMiB' | 'timeoutSeconds'>
  /** Requests a second over all HTTP routes, and how many may come at once; the rest are answered 429. */
  throttle: { requestsPerSecond: number; burst: number }
  sigfox: {
    /** Our field name to the name that the callback form in the Sigfox backend gives it. */
    fields: { device: string; time: string; data: string; seqNumber: string }
    /** Columns of a line of the batch callback, as its line pattern in the backend has them. */
    batchColumns: string
    /** Profile of devices that the registry does not know; empty for none: a wrong one gives wrong indexes. */
    defaultProfile: string
  }
  gateway: {
    /** Tasks behind the load balancer, spread over the zones. */
    tasks: number
    /** 1,024 is one vCPU. Only the pairs of CPU and memory that Fargate offers. */
    cpuUnits: number
    memoryMiB: number
    /** Longest wait before a pack is published: the acknowledgement's latency, and each flush is a billed request. */
    lingerMilliseconds: number
    /** How long a stopping task still reads: the load balancer goes on sending for about two minutes. At most 110. */
    drainSeconds: number
  }
  database: {
    instanceClass: InstanceClass
    storageGiB: number
    /** A standby in a second zone, and a bus endpoint in each zone. Doubles the price of both. */
    multiAz: boolean
    /** Days to which the database can be restored. 0 to 35. */
    backupDays: number
  }
  /** Days of raw messages kept; a message whose event day is older is refused as `too_late`. At most 400. */
  rawRetentionDays: number
  /** Days of readings and events kept; 0 for ever. At most 36,500. */
  readingRetentionDays: number
  logRetentionDays: RetentionDays
  watch: {
    /** Who is told of an alarm and of its end, once the address was confirmed; empty for nobody. */
    alarmEmail: string
    /** Hours without any message of a network that are an alarm; 0 where nobody expects steady traffic. At most 24. */
    silenceHours: number
  }
  /** True: what holds data survives the deletion of its stack and is protected against it. */
  keepData: boolean
}

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

const checkWorker = (name: string, worker: Worker) => [
  ...checkFunction(name, worker, 900),
  ...within(`${name}.batchSize`, worker.batchSize, 1, 10_000, ' bus records'),
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

const checkGateway = ({ tasks, cpuUnits, memoryMiB, lingerMilliseconds, drainSeconds }: Stage['gateway']) => {
  const [lowest, highest] = fargateMemoryMiB[cpuUnits] ?? [0, 0]
  return [
    ...within('gateway.tasks', tasks, 1, 100),
    ...unless(
      memoryMiB >= lowest && memoryMiB <= highest && (memoryMiB % 1024 === 0 || memoryMiB === 512),
      `gateway.cpuUnits ${cpuUnits} with gateway.memoryMiB ${memoryMiB} is no pair that Fargate offers; 256 goes with 512, 1024 or 2048, 512 with 1024 to 4096, 1024 with 2048 to 8192.`,
    ),
    ...within('gateway.lingerMilliseconds', lingerMilliseconds, 1, 10_000, ' ms'),
    ...within('gateway.drainSeconds', drainSeconds, 1, 110, ' s: a task is killed 120 s after it is told to stop'),
  ]
}

const checkDatabase = ({ database, keepData }: Stage) => [
  ...within('database.storageGiB', database.storageGiB, 20, 65_536, ' GiB'),
  ...within('database.backupDays', database.backupDays, keepData ? 1 : 0, 35, keepData ? ' when keepData is true' : ''),
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
  ...checkWorker('raw', stage.raw),
  ...checkWorker('pulse', stage.pulse),
  ...checkBus(stage),
  // An HTTP API gives up on its function after 30 s.
  ...checkFunction('api', stage.api, 30),
  ...within('api.maxConcurrency', stage.api.maxConcurrency, 1, 1_000),
  ...within('throttle.requestsPerSecond', stage.throttle.requestsPerSecond, 1, 10_000),
  ...within('throttle.burst', stage.throttle.burst, 1, 5_000),
  ...checkSigfox(stage.sigfox),
  ...checkGateway(stage.gateway),
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
