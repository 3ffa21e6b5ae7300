import { runner } from 'node-pg-migrate'
import type pg from 'pg'
import { log } from '../../process/log.ts'
import { makeIndexes } from './indexes.ts'

/**
 * Applies the migrations of `folder` that the database does not have yet, each in its own transaction, and creates missing
 * indexes. A second process that migrates at the same time waits for the lock and then finds nothing to do.
 * @param client a connection of the database's owner; the caller closes it
 * @returns the names of the applied files, in order
 * @throws the database's error; that file and those after it are not applied
 */
export const migrate = async (client: pg.ClientBase, folder: string): Promise<string[]> => {
  const silent = () => {}
  const applied = await runner({
    dbClient: client,
    dir: folder,
    direction: 'up',
    migrationsTable: 'migration',
    advisoryLockMode: 'wait',
    // errors are thrown too
    logger: { info: silent, warn: (text) => log.warn('migration', { text }), error: silent },
  })
  await makeIndexes(client)
  return applied.map(({ name }) => name)
}
