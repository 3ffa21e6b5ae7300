import { Duration } from 'aws-cdk-lib/core'
import type { Database } from '../data/database.ts'
import { type InstanceClass, maxConnections, memoryBytes } from '../stage/sizes.ts'
import type { Stage } from '../stage/stage.ts'
import { aws, minute } from './metric.ts'
import type { Symptom } from './symptom.ts'

const fiveMinutes = Duration.minutes(5)

export const ofDatabase = ({ instanceId }: Database, metric: string, statistic: string, period = minute) =>
  aws('RDS', metric, { DBInstanceIdentifier: instanceId }, statistic, { period })

/** A database class that is billed for CPU beyond what it earns. */
export const isBurstable = (instanceClass: InstanceClass) => instanceClass.startsWith('t')

/** RDS grows a disk that is less than a tenth free: an alarm below that does not announce a growth, but one that did not come. */
const belowGrowth = 0.08

/** RDS for PostgreSQL counts no deadlocks. Functions run a lost race again; if it still fails, it is a function error. */
export const databaseSymptoms = ({ database: { instanceClass, storageGiB } }: Stage, database: Database): Symptom[] => {
  const connections = maxConnections(instanceClass)
  const shared = { runbook: 'database', noData: 'fine' } as const
  const credits: Symptom = {
    ...shared,
    name: 'Database CPU credits',
    severity: 'warn',
    sentence: `The database needs more CPU than a ${instanceClass} earns; what is beyond is billed by the hour.`,
    metric: ofDatabase(database, 'CPUSurplusCreditsCharged', 'Maximum', fiveMinutes),
    above: 0,
    periods: [2, 3],
  }
  return [
    {
      runbook: 'stuck',
      noData: 'bad',
      name: 'Database is away',
      severity: 'page',
      sentence: 'The database writes no metric any more: it is stopped, failed, or gone. Messages wait in the topics.',
      metric: ofDatabase(database, 'CPUUtilization', 'Maximum'),
      below: 0,
      periods: [3, 3],
    },
    {
      ...shared,
      name: 'Database CPU',
      severity: 'warn',
      sentence: 'The database has used more than 80 % of its CPU for ten minutes.',
      metric: ofDatabase(database, 'CPUUtilization', 'Maximum'),
      above: 80,
      periods: [10, 15],
    },
    {
      ...shared,
      name: 'Database memory',
      severity: 'warn',
      sentence: 'Less than a tenth of the memory of the database is free; without memory, sign-ins by IAM time out.',
      metric: ofDatabase(database, 'FreeableMemory', 'Minimum'),
      below: 0.1 * memoryBytes(instanceClass),
      periods: [10, 15],
    },
    ...(isBurstable(instanceClass) ? [credits] : []),
    {
      ...shared,
      name: 'Database connections',
      severity: 'page',
      sentence: `More than 80 % of the ${connections} connections of the database are in use; without one, workers fail.`,
      metric: ofDatabase(database, 'DatabaseConnections', 'Maximum'),
      above: Math.floor(0.8 * connections),
      periods: [2, 3],
    },
    {
      ...shared,
      name: 'Database storage',
      severity: 'page',
      sentence: `The disk of the database did not grow when it was nearly full: it is at maxStorageGiB, or grew within the last hours. When it is full, the database stops.`,
      metric: ofDatabase(database, 'FreeStorageSpace', 'Minimum'),
      below: belowGrowth * storageGiB * 2 ** 30,
      periods: [10, 15],
    },
    {
      ...shared,
      name: 'Database transaction ids',
      severity: 'page',
      sentence:
        'A thousand million transaction ids are in use; at two thousand million the database takes no more writes.',
      metric: ofDatabase(database, 'MaximumUsedTransactionIDs', 'Maximum'),
      above: 1_000_000_000,
      periods: [2, 3],
    },
  ]
}
