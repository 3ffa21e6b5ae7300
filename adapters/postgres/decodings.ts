import type pg from 'pg'
import type { Decoding } from '../../core/ports.ts'
import { uuids, words } from './arrays.ts'
import { slices } from './bisect.ts'
import { amongIds, sortedBy } from './rows.ts'

/**
 * Writes the state of each message. A message that was decoded once stays decoded; one that was rejected and is decoded
 * now resolves its reject.
 * @returns how many messages are newly in each state; leaving the rejected state counts there as -1
 */
export const writeStates = async (client: pg.PoolClient, decodings: readonly Decoding[]) => {
  const counts = { decoded: 0, rejected: 0 }
  for (const rows of slices(sortedBy(decodings, ({ message }) => message.id))) {
    const { rows: results } = await client.query<{ decoded: number; rejected: number; resolved: string[] }>(
      `WITH written AS (
         INSERT INTO decoding AS d (message_id, state)
         SELECT * FROM unnest($1::uuid[], $2::decoding_state[]) AS t (message_id, state) ORDER BY message_id
         ON CONFLICT (message_id) DO UPDATE SET state = excluded.state WHERE excluded.state > d.state
         RETURNING d.message_id, old.state AS was, new.state AS now
       )
       SELECT count(*) FILTER (WHERE now = 'decoded')::int AS decoded,
         (count(*) FILTER (WHERE now = 'rejected') - count(*) FILTER (WHERE was = 'rejected'))::int AS rejected,
         coalesce(array_agg(message_id) FILTER (WHERE was = 'rejected'), '{}') AS resolved
       FROM written`,
      [
        uuids(rows.map(({ message }) => message.id)),
        words(rows.map(({ reject }) => (reject ? 'rejected' : 'decoded'))),
      ],
    )
    const [result] = results
    counts.decoded += result?.decoded ?? 0
    counts.rejected += result?.rejected ?? 0
    if (result && result.resolved.length > 0) await resolveRejects(client, result.resolved)
  }
  return counts
}

/** Messages that cannot be decoded now and were before: they stay decoded, and nothing is open. */
export const decodedBefore = async (client: pg.PoolClient, decodings: readonly Decoding[]): Promise<Set<string>> => {
  const ids = decodings.flatMap(({ message, reject }) => (reject ? [message.id] : [])).sort()
  const found = new Set<string>()
  for (const slice of slices(ids)) {
    const { rows } = await client.query<{ id: string }>(
      `SELECT message_id AS id FROM decoding WHERE ${amongIds('message_id', '$1', '$2', '$3')} AND state = 'decoded'`,
      [uuids(slice), slice[0], slice.at(-1)],
    )
    for (const { id } of rows) found.add(id)
  }
  return found
}

const resolveRejects = (client: pg.PoolClient, messageIds: readonly string[]) =>
  client.query(
    `WITH resolved AS (
       SELECT id FROM reject WHERE message_id = ANY($1) AND stage = 'pulse' AND resolved_at IS NULL ORDER BY id FOR UPDATE
     )
     UPDATE reject SET resolved_at = now() FROM resolved WHERE reject.id = resolved.id`,
    [messageIds],
  )
