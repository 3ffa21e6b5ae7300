import pg from 'pg'
import { setting } from '../../../contract/settings.ts'
import { log } from '../../process/log.ts'
import { integer, oneOf, optionalText, text } from '../../process/settings.ts'
import { signToken } from './iam-token.ts'
import { SecretPool } from './secret-pool.ts'

/** The settings of a process that uses the database, for `readSettings`. */
export const databaseSettings = {
  host: text(setting.databaseHost),
  port: integer(setting.databasePort, { min: 1, max: 65_535, fallback: 5432 }),
  database: text(setting.databaseName),
  user: text(setting.databaseUser),
  password: optionalText(setting.databasePassword),
  secretArn: optionalText(setting.databaseSecretArn),
  tls: oneOf(setting.databaseTls, ['require', 'off'], 'require'),
} as const

export interface DatabaseSettings {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string | null
  /** The secret with the password, if `password` is null. If both are null, each connection gets a new IAM token. */
  readonly secretArn: string | null
  readonly tls: 'require' | 'off'
}

/**
 * One connection per process: a Lambda environment handles one event at a time, and the database limits the sum over all
 * environments. It is opened at first use, and again after a loss.
 */
export const connectDatabase = (settings: DatabaseSettings): pg.Pool => {
  const { host, port, database, user, password, secretArn, tls } = settings
  const config = {
    host,
    port,
    database,
    ssl: tls === 'require',
    max: 1,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  }
  const pool =
    password === null && secretArn !== null
      ? new SecretPool(secretArn, user, config)
      : new pg.Pool({ ...config, user, password: password ?? (() => signToken({ host, port, user })) })
  // the pool emits an event when the server closes an idle connection; without a listener it would end the process
  pool.on('error', (error) => log.warn('database_connection_lost', { error: error.message }))
  return pool
}
