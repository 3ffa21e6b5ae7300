import { prod } from '../../../bin/stages.ts'
import type { Stage } from '../../../lib/stage/stage.ts'

/** 3.6 million hourly devices at the least cost. It is not in `bin/` because of what it leaves out. */
export const lean: Stage = {
  ...prod,
  name: 'lean',
  raw: { batchSize: 1_000, windowSeconds: 20, maxConcurrency: 5, memoryMiB: 256, timeoutSeconds: 60 },
  pulse: { batchSize: 1_000, windowSeconds: 20, maxConcurrency: 5, memoryMiB: 256, timeoutSeconds: 60 },
  gateway: { ...prod.gateway, maxTasks: prod.gateway.minTasks, lingerMilliseconds: 2_500 },
  database: { instanceClass: 't4g.medium', storageGiB: 400, maxStorageGiB: 1_000, multiAz: false, backupDays: 1 },
  rawRetentionDays: 2,
  logRetentionDays: 7,
}

/** What `prod` has and `lean` lacks. */
export const leanOmissions: readonly string[] = [
  'no standby of the database, and the bus endpoint in one zone only: a zone that is away stops the workers, the queues keep what comes',
  'raw messages for 2 days instead of 400: what arrives later is refused as too late, and an old decoding cannot be repeated',
  'one day of backups instead of 14, and 7 days of logs instead of 90',
  'each stage waits up to 20 s for a batch instead of 5, and a gateway 2.5 s for a pack instead of 1',
  'two gateway tasks, never more: the alarms of the scaling cost as much as the headroom',
  'no archive: the bill is for day 30, and each further month of readings adds to the disk',
]
