import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { backoffMs } from '../../process/backoff.ts'
import { isLostRace } from './errors.ts'

const mostTries = 5

/** A connection in use that is lost between two statements says so as an event; unheard it would end the process. */
const unheard = () => {}

/**
 * Runs `work` in one transaction: all of it or nothing. A transaction that lost to another (deadlock, serialization,
 * a row held for too long) is run again as a whole, after a random wait; so is one that did not even begin, because the connection it was given
 * had been lost while nobody used it.
 * @param begin the statements that begin it
 * @throws whatever else `work` throws, after the rollback
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
    client.on('error', unheard)
    try {
      await client.query(begin)
      begun = true
      const result = await work(client)
      await client.query('COMMIT')
      return result
    } catch (error) {
      // a connection on which even the rollback fails is thrown away
      await client.query('ROLLBACK').catch((reason: Error) => {
        broken = reason
      })
      const again = isLostRace(error) || (!begun && attempt === 1)
      if (!again || attempt >= mostTries) throw error
    } finally {
      if (!broken) client.off('error', unheard)
      client.release(broken)
    }
    await wait(backoffMs(attempt))
  }
}
