import { type Deployment, packBytesOf } from '../../cost/model/deployment.ts'

const worker = { batchSize: 1_000, windowSeconds: 5, maxConcurrency: 10, memoryMiB: 512 }

/** A fixed deployment, so that these tests do not depend on the stages. */
export const deployment: Deployment = {
  name: 'example',
  notDeployable: null,
  bus: 'sqs',
  shards: null,
  streamRetentionDays: 0,
  packBytes: packBytesOf.sqs,
  sigfoxDoor: 'function',
  callbackMemoryMiB: 256,
  requestsPerSecond: 1_000,
  gateway: { tasks: 2, cpuUnits: 256, memoryMiB: 512, lingerMilliseconds: 1_000, publicAddresses: true },
  raw: worker,
  pulse: worker,
  database: { instanceClass: 't4g.medium', storageGiB: 100, multiAz: false },
  rawRetentionDays: 30,
  logRetentionDays: 7,
  balancerZones: 2,
  endpointInterfaces: 1,
  natGateways: 0,
  secrets: 1,
  alarms: 12,
  logMetrics: 3,
  silenceAlarms: 0,
  scalingAlarms: 0,
  measuringWorkers: 0,
  measuringGateways: 0,
  accessLog: false,
  dashboards: 1,
  countingMappings: 4,
  images: 1,
  unpriced: [],
}
