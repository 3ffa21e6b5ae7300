import { dev } from '../../bin/stages.ts'
import { type Operations, operations } from '../../operations/index.ts'
import { throughFunction } from '../../operations/through-function.ts'
import { withDatabase } from './database.ts'

/** The options that say where a command works. */
export const targetOptions = { 'database-url': { type: 'string' }, stack: { type: 'string' } } as const

/** Their values. */
export interface Target {
  /** The database itself; without it that of `DATABASE_URL`, or else of the local run. */
  readonly 'database-url'?: string | undefined
  /** The ingest stack on AWS. Its operations function reaches the private database. */
  readonly stack?: string | undefined
}

export const targetUsage = `The database is that of --database-url, or else of DATABASE_URL, or else of the local run in DATA_DIR (.data). With
--stack NAME (sluice-prod-ingest) that stack's operations function does the work, with your AWS credentials.`

/** Runs `work` with the operations of the target. @throws NoDatabase, or OperationFault */
export const withOperations = <T>(
  { 'database-url': url, stack }: Target,
  environment: NodeJS.ProcessEnv,
  work: (operations: Operations) => Promise<T>,
): Promise<T> => {
  if (stack !== undefined) return work(throughFunction(`${stack}-operations`))
  // without a stack it is the database of a local run, which is the stage `dev`
  const defaultProfile = (environment.DEFAULT_PROFILE ?? dev.sigfox.defaultProfile) || null
  return withDatabase(url, environment, (pool) => work(operations(pool, defaultProfile)))
}
