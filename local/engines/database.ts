import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { DeclaredDatabase } from '../template/plan.ts'
import type { Postgres } from './postgres.ts'

const withClient = async (server: Postgres, database: string, work: (client: pg.Client) => Promise<void>) => {
  const { host, port, user, password } = server
  const client = new pg.Client({ host, port, user, password, database })
  await client.connect()
  await work(client).finally(() => client.end())
}

/** Makes the master user and the database that RDS makes with an instance. The user is no superuser, as on RDS. */
export const makeDatabase = (server: Postgres, { name, owner }: DeclaredDatabase): Promise<void> =>
  withClient(server, 'postgres', async (client) => {
    const [role, database] = [client.escapeIdentifier(owner), client.escapeIdentifier(name)]
    const roles = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [owner])
    if (!roles.rowCount) await client.query(`CREATE ROLE ${role} LOGIN CREATEDB CREATEROLE`)
    const databases = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (!databases.rowCount) await client.query(`CREATE DATABASE ${database} OWNER ${role}`)
  })

/**
 * Writes where the database is, for the commands that use this data folder (`npm run devices`). The file is readable by
 * its owner only.
 */
export const tellConnection = (
  dataDir: string,
  { host, port, password }: Postgres,
  database: DeclaredDatabase,
): void => {
  const path = join(dataDir, 'database.json')
  // The mode applies only when the file is made.
  rmSync(path, { force: true })
  const connection = { host, port, database: database.name, user: database.owner, password }
  writeFileSync(path, JSON.stringify(connection), { mode: 0o600 })
}

/** Gives roles the password of this data folder. On RDS they sign in with IAM tokens. */
export const openRoles = (server: Postgres, roles: readonly string[]): Promise<void> =>
  withClient(server, 'postgres', async (client) => {
    for (const role of roles)
      await client.query(
        `ALTER ROLE ${client.escapeIdentifier(role)} PASSWORD ${client.escapeLiteral(server.password)}`,
      )
  })
