import type pg from 'pg'
import { timeOfId } from '../../../core/message/identity.ts'
import type { MessageState } from '../../../core/replay/kept.ts'
import type { Decoding } from '../../../core/told/decoding.ts'
import { unpackTold } from '../../../core/told/pack.ts'
import { uuids, words } from '../sql/arrays.ts'
import { slices } from '../sql/bisect.ts'
import { amongIds, columnsOf, milliseconds, runsOfIds, sortedById } from '../sql/rows.ts'
import { dropEventsAfter } from '../tables/events.ts'
import { isUnclocked, type Row, rowOf, writeLate, writeTold } from '../told/write.ts'

/** The states that stand beside the rows of open days, by the ids of messages. */
const statesOf = async (client: pg.ClientBase, messageIds: readonly string[]) => {
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

/** By how many more messages are in each state. */
export interface StateCounts {
  readonly decoded: number
  readonly rejected: number
}

const counted = `
  SELECT (count(*) FILTER (WHERE now = 'decoded') - count(*) FILTER (WHERE was = 'decoded'))::int AS decoded,
    (count(*) FILTER (WHERE now = 'rejected') - count(*) FILTER (WHERE was = 'rejected'))::int AS rejected
  FROM written`

const sumOf = (counts: readonly StateCounts[]): StateCounts => ({
  decoded: counts.reduce((sum, { decoded }) => sum + decoded, 0),
  rejected: counts.reduce((sum, { rejected }) => sum + rejected, 0),
})

/** Sets states in the order of their keys. What a message had before is counted by the statement that changes it. */
export const setStates = async (
  client: pg.ClientBase,
  states: readonly { readonly id: string; readonly state: MessageState }[],
): Promise<StateCounts> => {
  const counts: StateCounts[] = []
  for (const rows of slices(sortedById(states))) {
    const result = await client.query<StateCounts>(
      `WITH written AS (
         INSERT INTO decoding AS d (message_id, state) SELECT ${columnsOf(['uuid', 'decoding_state'])}
         ON CONFLICT (message_id) DO UPDATE SET state = excluded.state WHERE excluded.state <> d.state
         RETURNING old.state AS was, new.state AS now)
       ${counted}`,
      [uuids(rows.map(({ id }) => id)), words(rows.map(({ state }) => state))],
    )
    counts.push(...result.rows)
  }
  return sumOf(counts)
}

/** A row in `told` says what a state beside it would: that its message is decoded. */
export const dropStates = async (client: pg.ClientBase, messageIds: readonly string[]): Promise<StateCounts> => {
  const counts: StateCounts[] = []
  for (const rows of slices([...messageIds].sort())) {
    const result = await client.query<StateCounts>(
      `WITH held AS (SELECT message_id FROM decoding WHERE message_id = ANY($1) ORDER BY message_id FOR UPDATE),
         written AS (
           DELETE FROM decoding d USING held h WHERE d.message_id = h.message_id
           RETURNING d.state AS was, NULL::decoding_state AS now)
       ${counted}`,
      [uuids(rows)],
    )
    counts.push(...result.rows)
  }
  return sumOf(counts)
}

/** Rejects that spoke of messages which are decoded now. */
const resolveRejects = (client: pg.ClientBase, messageIds: readonly string[]) =>
  client.query(
    `WITH resolved AS (
       SELECT id FROM reject WHERE message_id = ANY($1) AND stage = 'pulse' AND resolved_at IS NULL ORDER BY id FOR UPDATE
     )
     UPDATE reject SET resolved_at = now() FROM resolved WHERE reject.id = resolved.id`,
    [messageIds],
  )

/** Whether something that a row tells moves with the receipt of its message. */
const standsAtReceipt = ({ told }: Row): boolean => {
  const { indexes, runs } = unpackTold(told)
  return [...indexes, ...runs].some(({ at }) => at.base === 'receipt')
}

/**
 * Late rows, those that stand at their receipt at the earliest one. An earlier copy may have come since they were loaded,
 * and its row may be folded already: a later receipt would take its place. Held until the commit, no message moves.
 */
const asReceived = async (client: pg.ClientBase, late: readonly Row[]): Promise<readonly Row[]> => {
  const moving = late.filter((row) => isUnclocked(row) || standsAtReceipt(row)).map(({ messageId }) => messageId)
  const receivedMs = new Map<string, number>()
  for (const run of runsOfIds(moving.sort())) {
    const { rows } = await client.query<{ id: string; received_at: number }>(
      `SELECT m.id, ${milliseconds('m.received_at')} AS received_at FROM message m
       WHERE ${amongIds('m.id', '$1', '$2', '$3')} ORDER BY m.id FOR SHARE OF m`,
      [uuids(run), run[0], run.at(-1)],
    )
    for (const { id, received_at } of rows) receivedMs.set(id, received_at)
  }
  const earliest = (row: Row) => Math.min(row.receivedAtMs, receivedMs.get(row.messageId) ?? row.receivedAtMs)
  return moving.length === 0 ? late : late.map((row) => ({ ...row, receivedAtMs: earliest(row) }))
}

/** Of messages without a clock that had left something before: their events stand at the earliest receipt alone. */
const settleMoved = async (client: pg.ClientBase, rows: readonly Row[]): Promise<Set<string>> => {
  const { rows: held } = await client.query<{ message_id: string }>(
    `SELECT t.message_id FROM unnest($1::uuid[], $2::float8[]) AS c (message_id, received_ms)
     JOIN told_late t USING (message_id) WHERE t.received_at < to_timestamp(c.received_ms / 1000)`,
    [rows.map(({ messageId }) => messageId), rows.map(({ receivedAtMs }) => receivedAtMs)],
  )
  const overtaken = new Set(held.map(({ message_id }) => message_id))
  const moved = rows.filter(({ messageId }) => !overtaken.has(messageId))
  if (moved.length > 0) await dropEventsAfter(client, moved)
  return overtaken
}

export interface WrittenDecodings {
  /** How many messages are newly in each state; leaving the rejected state counts there as -1. */
  readonly decoded: number
  readonly rejected: number
  readonly readings: number
  /** Messages that were decoded before and cannot be decoded now: they stay as they were. */
  readonly settled: ReadonlySet<string>
  /** Messages without a clock of which an earlier copy has been written: their events would stand at a later receipt. */
  readonly overtaken: ReadonlySet<string>
}

/**
 * Writes what each message tells, and its state. A message that was decoded once stays decoded; one that was rejected and
 * is decoded now resolves its reject.
 */
export const writeRows = async (
  client: pg.ClientBase,
  decodings: readonly Decoding[],
  closedBeforeMs: number,
  isSearching: boolean,
): Promise<WrittenDecodings> => {
  const isDecoded = (one: Decoding): one is Decoding & { readonly told: Uint8Array } => one.told !== null
  const rows = decodings.filter(isDecoded).map(rowOf)
  const isLate = ({ messageId }: Row) => timeOfId(messageId) < closedBeforeMs
  const loaded = rows.filter(isLate)
  const late = await asReceived(client, loaded)
  const open = await writeTold(client, late.length === 0 ? rows : rows.filter((row) => !isLate(row)), isSearching)
  const came = late.length === 0 ? { added: new Set<string>(), readings: 0 } : await writeLate(client, late)
  const before = await statesOf(
    client,
    decodings.map(({ message }) => message.id),
  )
  const again = late.filter((row) => isUnclocked(row) && (!came.added.has(row.messageId) || before.has(row.messageId)))
  const overtaken = again.length === 0 ? new Set<string>() : await settleMoved(client, again)
  late.forEach((row, i) => {
    if (isUnclocked(row) && row.receivedAtMs !== loaded[i]?.receivedAtMs) overtaken.add(row.messageId)
  })

  const resolved = rows.flatMap(({ messageId }) => (before.get(messageId) === 'rejected' ? [messageId] : []))
  if (resolved.length > 0) await resolveRejects(client, resolved)
  const beside = [...open.added].filter((id) => before.has(id))
  const unsettled = late
    .filter(({ messageId }) => before.get(messageId) !== 'decoded')
    .map(({ messageId }) => messageId)
  // of a day that is being closed a row may be there still: it has been counted
  const unfolded = unsettled.length === 0 ? new Set<string>() : await withRow(client, unsettled, 'told')
  const settling = unsettled.filter((id) => !unfolded.has(id))
  const refused = decodings.filter((one) => !isDecoded(one)).map(({ message }) => message.id)
  const settled = refused.length === 0 ? new Set<string>() : await decodedBefore(client, refused, before)
  const rejecting = refused.filter((id) => !settled.has(id) && before.get(id) !== 'rejected')
  const states = [
    ...settling.map((id) => ({ id, state: 'decoded' as const })),
    ...rejecting.map((id) => ({ id, state: 'rejected' as const })),
  ]
  const dropped = beside.length > 0 ? await dropStates(client, beside) : none
  const set = states.length > 0 ? await setStates(client, states) : none
  return {
    decoded: open.added.size + dropped.decoded + set.decoded,
    rejected: dropped.rejected + set.rejected,
    readings: open.readings + came.readings,
    settled,
    overtaken,
  }
}

const none: StateCounts = { decoded: 0, rejected: 0 }

/** Which of these messages have a row. */
const withRow = async (client: pg.ClientBase, messageIds: readonly string[], table: 'told' | 'told_late') => {
  const found = new Set<string>()
  for (const run of runsOfIds([...messageIds].sort())) {
    const key = table === 'told' ? 't.hour = id_hour(m.id) AND t.message_id BETWEEN $2 AND $3' : 'true'
    const { rows } = await client.query<{ id: string }>(
      `SELECT t.message_id AS id FROM message m
       JOIN ${table} t ON ${key} AND t.device_id = m.device_id AND t.message_id = m.id
       WHERE ${amongIds('m.id', '$1', '$2', '$3')}`,
      [uuids(run), run[0], run.at(-1)],
    )
    for (const { id } of rows) found.add(id)
  }
  return found
}

/** Which of these messages were decoded before: by a row, or by their state. */
const decodedBefore = async (
  client: pg.ClientBase,
  messageIds: readonly string[],
  states: ReadonlyMap<string, MessageState>,
): Promise<Set<string>> =>
  new Set([
    ...messageIds.filter((id) => states.get(id) === 'decoded'),
    ...(await withRow(client, messageIds, 'told')),
    ...(await withRow(client, messageIds, 'told_late')),
  ])
