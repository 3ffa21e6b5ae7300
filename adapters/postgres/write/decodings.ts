import type pg from 'pg'
import type { Decoding } from '../../../core/decode/decoding.ts'
import type { MessageState } from '../../../core/replay/difference.ts'
import { uuids, words } from '../sql/arrays.ts'
import { slices } from '../sql/bisect.ts'
import { amongIds, columnsOf, runsOfIds, sortedById } from '../sql/rows.ts'

/**
 * Writes the state of each message. A message that was decoded once stays decoded; one that was rejected and is decoded
 * now resolves its reject.
 * @returns how many messages are newly in each state; leaving the rejected state counts there as -1
 */
export const writeStates = async (client: pg.PoolClient, decodings: readonly Decoding[]) => {
  const counts = { decoded: 0, rejected: 0 }
  const states = sortedById(
    decodings.map(({ message: { id }, reject }) => ({ id, state: reject ? 'rejected' : 'decoded' })),
  )
  for (const rows of slices(states)) {
    const { rows: results } = await client.query<{ decoded: number; rejected: number; resolved: string[] }>(
      `WITH written AS (
         INSERT INTO decoding AS d (message_id, state)
         SELECT ${columnsOf(['uuid', 'decoding_state'])}
         ON CONFLICT (message_id) DO UPDATE SET state = excluded.state WHERE excluded.state > d.state
         RETURNING d.message_id, old.state AS was, new.state AS now
       )
       SELECT count(*) FILTER (WHERE now = 'decoded')::int AS decoded,
         (count(*) FILTER (WHERE now = 'rejected') - count(*) FILTER (WHERE was = 'rejected'))::int AS rejected,
         coalesce(array_agg(message_id) FILTER (WHERE was = 'rejected'), '{}') AS resolved
       FROM written`,
      [uuids(rows.map(({ id }) => id)), words(rows.map(({ state }) => state))],
    )
    const [result] = results
    counts.decoded += result?.decoded ?? 0
    counts.rejected += result?.rejected ?? 0
    if (result && result.resolved.length > 0) await resolveRejects(client, result.resolved)
  }
  return counts
}

/** The states that these messages have, by their ids. */
const statesOf = async (client: pg.PoolClient, messageIds: readonly string[]) => {
  const states = new Map<string, MessageState>()
  for (const run of runsOfIds([...messageIds].sort())) {
    const { rows } = await client.query<{ id: string; state: MessageState }>(
      `SELECT message_id AS id, state FROM decoding WHERE ${amongIds('message_id', '$1', '$2', '$3')}`,
      [uuids(run), run[0], run.at(-1)],
    )
    for (const { id, state } of rows) states.set(id, state)
  }
  return states
}

/** Which of these messages a batch before has decoded or rejected: nobody else leaves anything of a message. */
export const withState = async (client: pg.PoolClient, messageIds: readonly string[]): Promise<Set<string>> =>
  new Set((await statesOf(client, messageIds)).keys())

/** Messages that cannot be decoded now and were before: they stay decoded, and nothing is open. */
export const decodedBefore = async (client: pg.PoolClient, decodings: readonly Decoding[]): Promise<Set<string>> => {
  const states = await statesOf(
    client,
    decodings.flatMap(({ message, reject }) => (reject ? [message.id] : [])),
  )
  return new Set([...states].flatMap(([id, state]) => (state === 'decoded' ? [id] : [])))
}

const resolveRejects = (client: pg.PoolClient, messageIds: readonly string[]) =>
  client.query(
    `WITH resolved AS (
       SELECT id FROM reject WHERE message_id = ANY($1) AND stage = 'pulse' AND resolved_at IS NULL ORDER BY id FOR UPDATE
     )
     UPDATE reject SET resolved_at = now() FROM resolved WHERE reject.id = resolved.id`,
    [messageIds],
  )
