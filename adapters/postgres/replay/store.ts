import type pg from 'pg'
import type { ReplayStore } from '../../../core/replay/replay-devices.ts'
import { withoutClosing } from '../sql/closing.ts'
import { inTransaction } from '../sql/transaction.ts'
import { settle, shareUnderWay } from '../sql/under-way.ts'
import { beginReading } from '../told/load.ts'
import { applyDifference } from './change.ts'
import { loadKept } from './load.ts'

/** One replay of a device at a time; sorted, like every lock of several. */
const holdDevices = async (client: pg.ClientBase, deviceIds: readonly string[]): Promise<void> => {
  await client.query(
    `SELECT pg_advisory_xact_lock(hashtext('sluice.replay'), key)
     FROM (SELECT DISTINCT hashtext(id) AS key FROM unnest($1::text[]) AS t (id) ORDER BY 1) AS keys`,
    [deviceIds],
  )
}

/**
 * Replays over PostgreSQL. What a message tells is its own row, so workers go on meanwhile: whoever decodes a message at
 * the same time writes the same, or loses the race. Days are decided by nobody else until the replay has ended.
 */
export const postgresReplayStore = (pool: pg.Pool): ReplayStore => ({
  load: (deviceIds) => inTransaction(pool, (client) => loadKept(client, deviceIds), beginReading),
  settle: () => settle(pool),
  change: (lane, deviceIds, decide) => {
    const change = async (client: pg.PoolClient) => {
      // in this order, as erasing a device: who waits for a day to be closed keeps no worker waiting meanwhile
      await withoutClosing(client)
      await shareUnderWay(client)
      await holdDevices(client, deviceIds)
      const decided = decide(await loadKept(client, deviceIds))
      await applyDifference(client, lane, decided)
      return decided
    }
    return inTransaction(pool, change)
  },
})
