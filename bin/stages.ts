import type { Stage } from '../lib/stage/stage.ts'

/** Names of the variables that the Sigfox backend offers for a callback. */
const sigfox = {
  fields: { device: 'device', time: 'time', data: 'data', seqNumber: 'seqNumber' },
  batchColumns: 'device;time;duplicate;snr;station;data;avgSnr;lat;lng;rssi;seqNumber',
}

/** For one developer: small, fast to answer, and `destroy` leaves nothing behind. The local run uses this stage too. */
export const dev: Stage = {
  name: 'dev',
  region: '',
  sigfoxDoor: 'lambda',
  bus: 'sqs',
  shards: 1,
  raw: { batchSize: 10, windowSeconds: 0, maxConcurrency: 2, memoryMiB: 256, timeoutSeconds: 30 },
  pulse: { batchSize: 10, windowSeconds: 0, maxConcurrency: 2, memoryMiB: 256, timeoutSeconds: 30 },
  api: { maxConcurrency: 2, memoryMiB: 256, timeoutSeconds: 15 },
  // Deploys in a new account, whose whole concurrency may be 10.
  reserveConcurrency: false,
  throttle: {
    callbacks: { requestsPerSecond: 100, burst: 200 },
    readings: { requestsPerSecond: 100, burst: 200 },
  },
  domains: { api: null, callbacks: null },
  sigfox: { ...sigfox, defaultProfile: 'adeunis-pulse@3' },
  // A short drain: a deployment may lose datagrams here, but tasks stop at once.
  gateway: { minTasks: 1, maxTasks: 1, cpuUnits: 256, memoryMiB: 512, lingerMilliseconds: 20, drainSeconds: 2 },
  database: { instanceClass: 't4g.small', storageGiB: 20, maxStorageGiB: 50, multiAz: false, backupDays: 1 },
  rawRetentionDays: 40,
  readingRetentionDays: 730,
  logRetentionDays: 7,
  watch: { alarmEmail: '', silenceHours: 0 },
  keepData: false,
  protected: false,
}

/** For load tests: sized like production or above, without a standby, and nothing is kept. */
export const load: Stage = {
  name: 'load',
  region: '',
  sigfoxDoor: 'lambda',
  bus: 'sqs',
  shards: 2,
  raw: { batchSize: 1_000, windowSeconds: 1, maxConcurrency: 10, memoryMiB: 1_024, timeoutSeconds: 60 },
  pulse: { batchSize: 1_000, windowSeconds: 1, maxConcurrency: 10, memoryMiB: 1_024, timeoutSeconds: 60 },
  api: { maxConcurrency: 10, memoryMiB: 512, timeoutSeconds: 30 },
  reserveConcurrency: true,
  throttle: {
    callbacks: { requestsPerSecond: 5_000, burst: 5_000 },
    readings: { requestsPerSecond: 100, burst: 200 },
  },
  domains: { api: null, callbacks: null },
  sigfox: { ...sigfox, defaultProfile: 'adeunis-pulse@3' },
  gateway: { minTasks: 2, maxTasks: 8, cpuUnits: 1_024, memoryMiB: 2_048, lingerMilliseconds: 100, drainSeconds: 100 },
  database: { instanceClass: 'm7g.large', storageGiB: 100, maxStorageGiB: 500, multiAz: false, backupDays: 0 },
  rawRetentionDays: 40,
  readingRetentionDays: 730,
  logRetentionDays: 7,
  watch: { alarmEmail: '', silenceHours: 0 },
  keepData: false,
  protected: false,
}

/** Production: two zones, backups, and data that outlives its stack. */
export const prod: Stage = {
  name: 'prod',
  // Fixed, so that other credentials cannot create a second, empty production in another region.
  region: 'eu-west-1',
  sigfoxDoor: 'lambda',
  bus: 'sqs',
  shards: 1,
  // The windows add latency, which does not matter: a meter reports a few times a day.
  raw: { batchSize: 1_000, windowSeconds: 5, maxConcurrency: 10, memoryMiB: 512, timeoutSeconds: 60 },
  pulse: { batchSize: 1_000, windowSeconds: 5, maxConcurrency: 10, memoryMiB: 512, timeoutSeconds: 60 },
  api: { maxConcurrency: 10, memoryMiB: 512, timeoutSeconds: 30 },
  reserveConcurrency: true,
  throttle: {
    callbacks: { requestsPerSecond: 1_000, burst: 2_000 },
    readings: { requestsPerSecond: 50, burst: 100 },
  },
  domains: { api: null, callbacks: null },
  // No default profile, because a wrong version gives wrong indexes.
  sigfox: { ...sigfox, defaultProfile: '' },
  // No kind of datagram is acknowledged yet, so the linger delays no answer.
  gateway: { minTasks: 2, maxTasks: 6, cpuUnits: 256, memoryMiB: 512, lingerMilliseconds: 1_000, drainSeconds: 100 },
  database: { instanceClass: 't4g.medium', storageGiB: 100, maxStorageGiB: 1_000, multiAz: true, backupDays: 14 },
  rawRetentionDays: 400,
  // A meter is in use for fifteen years, and its readings are the record of what was billed.
  readingRetentionDays: 0,
  logRetentionDays: 90,
  watch: { alarmEmail: '', silenceHours: 3 },
  keepData: true,
  // The first deployment needs -c protected=false: docs/deploy.md.
  protected: true,
}

export const stages: Record<string, Stage> = { dev, load, prod }
