import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { backoffMs } from '../../process/backoff.ts'
import { isLostRace } from './errors.ts'

const mostTries = 5

/** A connection that is lost between two statements emits an event. Without a listener it would end the process. */
const ignore = () => {}

/**
 * Runs `work` in one transaction: all of it or nothing. If it lost to another transaction (`isLostRace`), the whole of it
 * runs again after a random wait. So does a transaction that could not begin because its idle connection was lost.
 * @param begin the statements that begin it
 * @throws any other error of `work`, after the rollback
 */
export const inTransaction = async <T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  begin = 'BEGIN',
): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect()
    let broken: Error | undefined
    let begun = false
    client.on('error', ignore)
    try {
      await client.query(begin)
      begun = true
      const result = await work(client)
      await client.query('COMMIT')
      return result
    } catch (error) {
      // if even the rollback fails, the connection is discarded
      await client.query('ROLLBACK').catch((reason: Error) => {
        broken = reason
      })
      const again = isLostRace(error) || (!begun && attempt === 1)
      if (!again || attempt >= mostTries) throw error
    } finally {
      if (!broken) client.off('error', ignore)
      client.release(broken)
    }
    await wait(backoffMs(attempt))
  }
}
