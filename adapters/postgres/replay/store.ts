import type pg from 'pg'
import type { ReplayStore } from '../../../core/replay/replay-devices.ts'
import { inTransaction } from '../sql/transaction.ts'
import { beginUnderWay, settle } from '../sql/under-way.ts'
import { applyDifference, lockRows } from './change.ts'
import { loadKept } from './load.ts'

/** Closing empties a table, which a snapshot does not show as it was: it must not happen behind this one's back. */
const beginSnapshot = `BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; LOCK TABLE reading_open IN ACCESS SHARE MODE`

/**
 * Replays over PostgreSQL. Rows are locked before the messages are loaded: whoever merged into such a row before has
 * stored its message before and it is seen; whoever comes later merges into what the replay leaves.
 */
export const postgresReplayStore = (pool: pg.Pool): ReplayStore => ({
  load: (deviceIds) => inTransaction(pool, (client) => loadKept(client, deviceIds), beginSnapshot),
  settle: () => settle(pool),
  change: (lane, deviceIds, difference, decide) => {
    const change = async (client: pg.PoolClient) => {
      await lockRows(client, difference)
      const decided = decide(await loadKept(client, deviceIds))
      await applyDifference(client, lane, decided)
      return decided
    }
    return inTransaction(pool, change, beginUnderWay)
  },
})
