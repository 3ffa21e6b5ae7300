import type pg from 'pg'
import type { ReplayStore } from '../../../core/replay-devices.ts'
import { inTransaction } from '../transaction.ts'
import { applyDifference, lockRows } from './change.ts'
import { loadKept } from './load.ts'

/**
 * Replays over PostgreSQL. Rows are locked before the messages are loaded: whoever merged into such a row before has
 * stored its message before and it is seen; whoever comes later merges into what the replay leaves.
 */
export const postgresReplayStore = (pool: pg.Pool): ReplayStore => ({
  load: (deviceIds) =>
    inTransaction(pool, async (client) => {
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
      return loadKept(client, deviceIds)
    }),
  change: (lane, deviceIds, difference, decide) =>
    inTransaction(pool, async (client) => {
      await lockRows(client, difference)
      const decided = decide(await loadKept(client, deviceIds))
      await applyDifference(client, lane, decided)
      return decided
    }),
})
