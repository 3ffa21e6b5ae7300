import type { Database } from '../data/database.ts'
import { maxConnections } from '../stage/sizes.ts'
import type { Stage } from '../stage/stage.ts'
import { aws } from './metric.ts'
import type { Symptom } from './symptom.ts'

export const ofDatabase = ({ instanceId }: Database, metric: string, statistic: string) =>
  aws('RDS', metric, { DBInstanceIdentifier: instanceId }, statistic)

/** RDS for PostgreSQL counts no deadlocks. Functions run a lost race again; if it still fails, it is a function error. */
export const databaseSymptoms = ({ database: { instanceClass, storageGiB } }: Stage, database: Database): Symptom[] => {
  const connections = maxConnections(instanceClass)
  const shared = { runbook: 'database', noData: 'fine' } as const
  return [
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
      sentence: `Less than 20 % of the ${storageGiB} GiB of the database are free; when none are, it stops.`,
      metric: ofDatabase(database, 'FreeStorageSpace', 'Minimum'),
      below: 0.2 * storageGiB * 2 ** 30,
      periods: [2, 3],
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
