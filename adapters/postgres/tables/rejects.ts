import type pg from 'pg'
import type { Reject } from '../../../core/message/message.ts'
import { byteas, instants, texts, uuids, words } from '../sql/arrays.ts'
import { slices } from '../sql/bisect.ts'
import { columnsOf, sortedById } from '../sql/rows.ts'

/** The row of a reject must fit whatever is wrong with what it speaks of: the bytes keep the id that no column takes. */
const storableId = (deviceId: string | null): string | null =>
  deviceId !== null && /^[\x20-\x7e]{1,64}$/.test(deviceId) ? deviceId : null

/**
 * Writes rows of rejects. One that is there stays; a message's own row takes the newest reason.
 * @returns how many are new
 */
export const writeRejects = async (client: pg.PoolClient, rejects: readonly Reject[]): Promise<number> => {
  let added = 0
  // one may come twice in a batch: a statement may not touch a row twice
  const unique = new Map(rejects.map((reject) => [reject.id, reject]))
  for (const rows of slices(sortedById([...unique.values()]))) {
    const result = await client.query(
      `WITH written AS (
         INSERT INTO reject AS r (id, at, message_id, lane, stage, reason, device_id, bytes)
         SELECT ${columnsOf(['uuid', 'timestamptz', 'uuid', 'lane', 'text', 'text', 'text', 'bytea'])}
         ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, resolved_at = NULL, at = least(r.at, excluded.at)
           WHERE r.message_id IS NOT NULL
             AND (r.reason <> excluded.reason OR r.resolved_at IS NOT NULL OR excluded.at < r.at)
         RETURNING old.id AS was
       ) SELECT count(*) FILTER (WHERE was IS NULL)::int AS added FROM written`,
      [
        uuids(rows.map((row) => row.id)),
        instants(rows.map((row) => row.atMs)),
        uuids(rows.map((row) => row.messageId)),
        words(rows.map((row) => row.lane)),
        texts(rows.map((row) => row.step)),
        texts(rows.map((row) => row.reason)),
        texts(rows.map((row) => storableId(row.deviceId))),
        byteas(rows.map((row) => row.bytes)),
      ],
    )
    added += result.rows[0].added
  }
  return added
}
