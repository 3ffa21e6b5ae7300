import pg from 'pg'
import { log } from '../../process/log.ts'
import { fetchSignIn } from './database-secret.ts'

/** The user of ours that owns the schema. Here that is the secret's user itself, in no role. */
const owner = 'sluice_owner'

/** A role that is taken on brings its rights along, and not its settings: the time limits. */
const takeSettings = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`
    SELECT set_config(split_part(item, '=', 1), substr(item, strpos(item, '=') + 1), false)
    FROM pg_roles CROSS JOIN unnest(rolconfig) AS item
    WHERE rolname = current_user AND current_user <> session_user`)
}

type Taken = Parameters<pg.Pool['connect']>[0]

/**
 * A pool whose connections are of the user that a secret names, each in the role of one of ours. The secret is read for
 * the first connection, and again when the database refuses what it said: that is how a rotation is known, and a
 * Secrets Manager that is away is nobody's concern while the password is good.
 */
export class SecretPool extends pg.Pool {
  private readonly secretArn: string

  constructor(secretArn: string, user: string, config: pg.PoolConfig) {
    super({
      ...config,
      // not known yet, and named so that the pool hides it from whoever prints its options
      password: undefined,
      // It makes the roles of the others. That it may take them on it must say beforehand (since PostgreSQL 16), and so that
      // they get no rds_iam (db/0003_roles.sql).
      options: `-c role=${user === owner ? 'none' : user} -c createrole_self_grant=set -c sluice.sign_in=secret`,
      onConnect: takeSettings,
    })
    this.secretArn = secretArn
  }

  override connect(): Promise<pg.PoolClient>
  override connect(callback: Taken): void
  override connect(callback?: Taken): Promise<pg.PoolClient> | undefined {
    const opened = this.open()
    if (!callback) return opened
    opened.then(
      (client) => callback(undefined, client, client.release),
      (error) => callback(error, undefined, () => {}),
    )
    return undefined
  }

  private async open(): Promise<pg.PoolClient> {
    if (this.options.password === undefined) await this.learn()
    try {
      return await super.connect()
    } catch (error) {
      // invalid_password, of an unknown user too
      if ((error as { code?: unknown }).code !== '28P01') throw error
      await this.learn()
      log.info('database_secret_read_again')
      return super.connect()
    }
  }

  private async learn(): Promise<void> {
    Object.assign(this.options, await fetchSignIn(this.secretArn))
  }
}
