import { runner } from 'node-pg-migrate'
import type pg from 'pg'
import { log } from '../../process/log.ts'
import { makeIndexes } from './indexes.ts'

/**
 * Applies the migrations of `folder` that the database does not have yet, each in a transaction of its own, and makes the
 * indexes that are missing; whoever else migrates at the same time waits for the lock and then finds nothing to do.
 * @param client a connection of the database's owner; the caller closes it
 * @returns the names of the files applied now, in order
 * @throws the database's error, with that file and those after it not applied
 */
export const migrate = async (client: pg.ClientBase, folder: string): Promise<string[]> => {
  const silent = () => {}
  const applied = await runner({
    dbClient: client,
    dir: folder,
    direction: 'up',
    migrationsTable: 'migration',
    advisoryLockMode: 'wait',
    // what goes wrong is thrown as well
    logger: { info: silent, warn: (text) => log.warn('migration', { text }), error: silent },
  })
  await makeIndexes(client)
  return applied.map(({ name }) => name)
}
