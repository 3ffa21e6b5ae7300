import pg from 'pg'
import { log } from '../../process/log.ts'
import { fetchSignIn } from './database-secret.ts'

/** Our user that owns the schema. It stands for the secret's user itself, without a role. */
const owner = 'sluice_owner'

/** SET ROLE gives a connection the rights of the role but not its settings, the time limits. This applies them. */
const takeSettings = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`
    SELECT set_config(split_part(item, '=', 1), substr(item, strpos(item, '=') + 1), false)
    FROM pg_roles CROSS JOIN unnest(rolconfig) AS item
    WHERE rolname = current_user AND current_user <> session_user`)
}

type Taken = Parameters<pg.Pool['connect']>[0]

/**
 * A pool that signs in as the user of a secret and takes on the role of one of our users. It reads the secret for the
 * first connection, and again when the database refuses the password: that is how it notices a rotation. Secrets Manager
 * may be away while the password still works.
 */
export class SecretPool extends pg.Pool {
  private readonly secretArn: string

  constructor(secretArn: string, user: string, config: pg.PoolConfig) {
    super({
      ...config,
      // not known yet; it is named here because the pool then hides it when its options are printed
      password: undefined,
      // This user creates our other users. createrole_self_grant lets it take on their roles (since PostgreSQL 16), and
      // sluice.sign_in keeps rds_iam from them (db/0003_roles.sql). Both must be set before it creates them.
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
      // invalid_password; also what PostgreSQL answers to an unknown user
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
