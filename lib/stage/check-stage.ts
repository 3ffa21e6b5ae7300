import { unless, within } from './check.ts'
import { checkDomains, checkExisting, checkRegion } from './check-place.ts'
import { checkConnections, checkFunction, checkWorkers } from './check-workers.ts'
import { isFargateSize, memoryBytes } from './sizes.ts'
import type { Stage, Throttle } from './stage.ts'

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
 * The linger delays no datagram's acknowledgement, because no kind of datagram is acknowledged. A callback is answered
 * after the linger and up to 5 s of tries at the bus. Both must fit into 8 s, because Sigfox hangs up after 10.
 */
const longestLinger = (sigfoxDoor: Stage['sigfoxDoor']) => (sigfoxDoor === 'container' ? 1_000 : 10_000)

const checkGateway = ({ gateway, sigfoxDoor }: Stage) => {
  const { minTasks, maxTasks, cpuUnits, memoryMiB, lingerMilliseconds, drainSeconds } = gateway
  const waits = sigfoxDoor === 'container' ? ': the callback waits for it' : ''
  return [
    ...within('gateway.minTasks', minTasks, 1, 100),
    ...within('gateway.maxTasks', maxTasks, Math.max(minTasks, 1), 100, ', and not below gateway.minTasks'),
    ...unless(
      isFargateSize(cpuUnits, memoryMiB),
      `gateway.cpuUnits ${cpuUnits} with gateway.memoryMiB ${memoryMiB} is not a size that Fargate offers; 256 goes with 512, 1024 or 2048, 512 with 1024 to 4096, 1024 with 2048 to 8192.`,
    ),
    ...within('gateway.lingerMilliseconds', lingerMilliseconds, 1, longestLinger(sigfoxDoor), ` ms${waits}`),
    ...within('gateway.drainSeconds', drainSeconds, 1, 110, ' s: a task is killed 120 s after it is told to stop'),
  ]
}

const checkDatabase = ({ database, keepData, region }: Stage) => {
  const { instanceClass, storageGiB, maxStorageGiB, backupDays, existing } = database
  return [
    ...within('database.storageGiB', storageGiB, 20, 65_536, ' GiB'),
    ...within(
      'database.maxStorageGiB',
      maxStorageGiB,
      Math.ceil(1.1 * storageGiB),
      65_536,
      ' GiB: RDS wants at least a tenth more than database.storageGiB',
    ),
    ...unless(
      memoryBytes(instanceClass) >= 2 * 2 ** 30 || (existing !== undefined && 'secretArn' in existing.signIn),
      `database.instanceClass is ${instanceClass}; sign-in by IAM needs 300 to 1,000 MiB beside what PostgreSQL needs: use t4g.small or larger.`,
    ),
    ...within('database.backupDays', backupDays, keepData ? 1 : 0, 35, keepData ? ' when keepData is true' : ''),
    ...(existing ? checkExisting(existing, region) : []),
  ]
}

const checkRetention = ({ rawRetentionDays, readingRetentionDays }: Stage) => [
  ...within('rawRetentionDays', rawRetentionDays, 1, 400, ' days: messages with older device times are refused'),
  ...within('readingRetentionDays', readingRetentionDays, 0, 36_500, ' days, where 0 keeps them for ever'),
  ...unless(
    readingRetentionDays === 0 || readingRetentionDays >= rawRetentionDays,
    `readingRetentionDays is ${readingRetentionDays}; a replay would restore readings that were removed before their raw messages: use ${rawRetentionDays} or more, or 0 for ever.`,
  ),
]

const checkWatch = ({ alarmEmail, silenceHours }: Stage['watch']) => [
  ...unless(
    alarmEmail === '' || /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(alarmEmail),
    `watch.alarmEmail is "${alarmEmail}"; it must be an address like who@example.com, or empty to send no mail.`,
  ),
  ...within('watch.silenceHours', silenceHours, 0, 24, ' hours'),
]

/** Every reason why this stage cannot work: one sentence each, with the setting and its range. Empty if it can. */
export const checkStage = (stage: Stage): string[] => [
  ...checkRegion(stage.region),
  ...checkWorkers(stage),
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
  ...checkRetention(stage),
  ...checkWatch(stage.watch),
  ...unless(stage.name !== 'prod' || stage.keepData, 'keepData is false; in prod it must be true.'),
  ...unless(
    stage.keepData || !stage.protected,
    'protected is true and keepData false; a stage that keeps no data must be deletable: set both, or protected to false.',
  ),
]
