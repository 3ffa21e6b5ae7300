import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

/** No database can be reached. The message says what to do. */
export class NoDatabase extends Error {
  override name = 'NoDatabase'
}

const advice = 'start the local system with `npm start` first, or pass --database-url'

/** A local run writes this file while it runs. */
const localDatabase = (dataDir: string): pg.PoolConfig => {
  const path = join(dataDir, 'database.json')
  try {
    const { host, port, database, user, password } = JSON.parse(readFileSync(path, 'utf8'))
    return { host, port, database, user, password }
  } catch (error) {
    throw new NoDatabase(`${path} names no database (${(error as Error).message}): ${advice}.`)
  }
}

const configOf = (url: string | undefined, environment: NodeJS.ProcessEnv): pg.PoolConfig => {
  const given = url || environment.DATABASE_URL
  return given ? { connectionString: given } : localDatabase(environment.DATA_DIR || '.data')
}

/**
 * Runs `work` on the database of `url`, or else of `DATABASE_URL`, or else of the local run.
 * @throws NoDatabase if it cannot be reached
 */
export const withDatabase = async <T>(
  url: string | undefined,
  environment: NodeJS.ProcessEnv,
  work: (pool: pg.Pool) => Promise<T>,
): Promise<T> => {
  const pool = new pg.Pool({ ...configOf(url, environment), max: 1, connectionTimeoutMillis: 5_000 })
  // a lost idle connection shows at its next use
  pool.on('error', () => {})
  try {
    await pool.query('SELECT').catch((error: Error) => {
      throw new NoDatabase(`The database cannot be reached (${error.message}): ${advice}.`)
    })
    return await work(pool)
  } finally {
    await pool.end()
  }
}
