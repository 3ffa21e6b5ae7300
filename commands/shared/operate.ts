import { dev } from '../../bin/stages.ts'
import { type Operations, operations } from '../../operations/index.ts'
import { throughFunction } from '../../operations/through-function.ts'
import { withDatabase } from './connection.ts'

/** Where a command does its work. */
export interface Target {
  /** The database itself; else `DATABASE_URL`, else that of the local run. */
  readonly databaseUrl: string | undefined
  /** The ingest stack on AWS, whose operations function reaches the private database. */
  readonly stack: string | undefined
}

/** The options of `parseArgs` that say where. */
export const targetOptions = { 'database-url': { type: 'string' }, stack: { type: 'string' } } as const

export const targetUsage = `The database is that of --database-url, else of DATABASE_URL, else of the local run in DATA_DIR (.data). With
--stack NAME (sluice-prod-ingest) the work is done by that stack's operations function, with your AWS credentials.`

/** Runs `work` with the operations of the target. @throws NoDatabase, or OperationFault */
export const withOperations = <T>(
  { databaseUrl, stack }: Target,
  environment: NodeJS.ProcessEnv,
  work: (operations: Operations) => Promise<T>,
): Promise<T> => {
  if (stack !== undefined) return work(throughFunction(`${stack}-operations`))
  // a database that is not behind a stack is that of a local run, which is the stage `dev`
  const defaultProfile = (environment.DEFAULT_PROFILE ?? dev.sigfox.defaultProfile) || null
  return withDatabase(databaseUrl, environment, (pool) => work(operations(pool, defaultProfile)))
}
