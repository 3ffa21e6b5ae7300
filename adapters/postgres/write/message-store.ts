import type pg from 'pg'
import { vital } from '../../../contract/vitals.ts'
import type { MessageStore, Refusals } from '../../../core/ingest/message-store.ts'
import { timeOfId } from '../../../core/message/identity.ts'
import type { Message, Reject } from '../../../core/message/message.ts'
import type { RejectReason } from '../../../core/message/rejects.ts'
import { log } from '../../process/log.ts'
import type { Metrics } from '../../process/metrics.ts'
import { byteas, instants, integers, texts, uuids, words } from '../sql/arrays.ts'
import { slices, writeBisecting } from '../sql/bisect.ts'
import { classifyFault, isMissingPartition } from '../sql/errors.ts'
import { amongIds, columnsOf, milliseconds, runsById, runsOfIds, sortedById } from '../sql/rows.ts'
import { inTransaction } from '../sql/transaction.ts'
import { countFlow } from '../tables/flow.ts'
import { writeRejects } from '../tables/rejects.ts'

/** Two days: far longer than any clock is wrong about today, far shorter than what is kept. */
const currentMs = 2 * 86_400_000

/** When each of these messages that is there was received, by its id. */
const receivedBefore = async (client: pg.PoolClient, rows: readonly Message[]): Promise<Map<string, number>> => {
  const received = new Map<string, number>()
  for (const run of runsOfIds(rows.map(({ id }) => id))) {
    const { rows: found } = await client.query<{ id: string; received_at: number }>(
      `SELECT id, ${milliseconds('received_at')} AS received_at FROM message WHERE ${amongIds('id', '$1', '$2', '$3')}`,
      [uuids(run), run[0], run.at(-1)],
    )
    for (const { id, received_at } of found) received.set(id, received_at)
  }
  return received
}

/**
 * Writes the messages that are not there. It looks first, and inserts plainly: with ON CONFLICT each row took 1.8 µs more.
 * A copy that another worker writes at the same time is a lost race, unless `isSearching`: then no row is to blame for it.
 * @returns how many were not there, and those of which a later copy is there
 */
const insertMessages = async (client: pg.PoolClient, rows: readonly Message[], isSearching: boolean) => {
  const known = await receivedBefore(client, rows)
  const news = known.size === 0 ? rows : rows.filter(({ id }) => !known.has(id))
  const added = news.length > 0 ? await insertNew(client, news, isSearching) : 0
  // who came between the look and the insert is earlier or later than ours
  const isRivalled = added < news.length
  const copies = rows.filter(
    ({ id, receivedAtMs }) => receivedAtMs < (known.get(id) ?? (isRivalled ? Infinity : -Infinity)),
  )
  return { added, copies }
}

const insertNew = async (client: pg.PoolClient, rows: readonly Message[], isSearching: boolean): Promise<number> => {
  const { rowCount } = await client.query(
    `INSERT INTO message (id, received_at, seq_number, kind, device_id, payload)
     SELECT ${columnsOf(['uuid', 'timestamptz', 'integer', 'uplink_kind', 'text', 'bytea'])}
     ${isSearching ? 'ON CONFLICT (id) DO NOTHING' : ''}`,
    [
      uuids(rows.map((row) => row.id)),
      instants(rows.map((row) => row.receivedAtMs)),
      integers(rows.map((row) => row.seqNumber)),
      words(rows.map((row) => row.kind)),
      texts(rows.map((row) => row.deviceId)),
      byteas(rows.map((row) => row.payload)),
    ],
  )
  return rowCount ?? 0
}

const among = amongIds('m.id', '$1', '$3', '$4')

/**
 * The receive time of a message is that of its first copy, in whatever order the copies come. Rows are locked in the
 * order of their ids, like every other write.
 * @param rows sorted
 */
const keepEarliest = async (client: pg.PoolClient, rows: readonly Message[]): Promise<void> => {
  for (const run of runsById(rows, ({ id }) => id))
    await client.query(
      `WITH earlier AS (
         SELECT m.id, t.received_at
         FROM unnest($1::uuid[], $2::timestamptz[]) AS t (id, received_at)
         JOIN message m ON m.id = t.id AND ${among}
         WHERE t.received_at < m.received_at
         ORDER BY m.id FOR UPDATE OF m
       )
       UPDATE message m SET received_at = least(m.received_at, earlier.received_at)
       FROM earlier WHERE m.id = earlier.id AND ${among}`,
      [uuids(run.map(({ id }) => id)), instants(run.map((row) => row.receivedAtMs)), run[0]?.id, run.at(-1)?.id],
    )
}

/**
 * Why the database refuses a message.
 * @throws the error itself where it says that partitions of these days were not made: the message is not to blame
 */
const refusalReason = (message: Message, error: unknown): RejectReason => {
  if (isMissingPartition(error)) {
    if (timeOfId(message.id) > message.receivedAtMs - currentMs) throw error
    return 'too_late'
  }
  log.error('row_refused', { table: 'message', id: message.id, error: String(error) })
  return 'row_refused'
}

/** Row by row, a batch of old clocks takes longer than an invocation may. */
const isDayWithoutPartition = (sorted: readonly Message[], error: unknown): boolean =>
  isMissingPartition(error) && dayOf(sorted[0]) === dayOf(sorted.at(-1))

const dayOf = (message: Message | undefined) => (message ? Math.floor(timeOfId(message.id) / 86_400_000) : null)

type Batch = Parameters<MessageStore['store']>[0]

const insertAll = async (client: pg.PoolClient, messages: readonly Message[]) => {
  let stored = 0
  const all: Message[] = []
  for (const slice of slices(messages)) {
    const { added, copies } = await insertMessages(client, slice, false)
    stored += added
    all.push(...copies)
  }
  // once nothing is inserted any more: who waits here for another then holds nothing that the other waits to insert
  await keepEarliest(client, all)
  return { stored, refused: new Map<Message, RejectReason>() }
}

const insertBisecting = async (client: pg.PoolClient, messages: readonly Message[]) => {
  let stored = 0
  const write = async (slice: readonly Message[]) => {
    const { added, copies } = await insertMessages(client, slice, true)
    await keepEarliest(client, copies)
    stored += added
  }
  const errors = await writeBisecting(client, messages, write, isDayWithoutPartition)
  const refused = new Map<Message, RejectReason>()
  for (const [message, error] of errors) refused.set(message, refusalReason(message, error))
  return { stored, refused }
}

const storeBatch = async (client: pg.PoolClient, batch: Batch, insert: typeof insertAll) => {
  const { lane, received, messages, rejects, refusal } = batch
  const { stored, refused } = await insert(client, sortedById(messages))
  const refusedRows: Reject[] = [...refused].map(([message, reason]) => refusal(message, reason))
  const rejected = await writeRejects(client, [...rejects, ...refusedRows])
  await countFlow(client, lane, {
    raw_received: received,
    raw_stored: stored,
    raw_rejected: rejected,
    raw_duplicates: received - stored - rejected,
  })
  const reasons = [...rejects, ...refusedRows].map(({ reason }) => reason)
  return {
    refusals: messages.map((message) => refused.get(message) ?? null),
    counts: { received, stored, rejected },
    reasons,
  }
}

/** Measured only once it is committed. A batch that came again has nothing new, so its reasons are not said again. */
const measure = (
  metrics: Metrics | undefined,
  { refusals, counts, reasons }: Awaited<ReturnType<typeof storeBatch>>,
): Refusals => {
  const { received, stored, rejected } = counts
  // Duplicates are what is left of them: a metric that follows from others need not be billed.
  metrics?.write({ [vital.received]: received, [vital.stored]: stored, [vital.rejected]: rejected })
  if (rejected > 0) metrics?.writeReasons(reasons)
  return refusals
}

/** Raw messages in PostgreSQL. The batch goes in as a whole; only where a row is refused is it searched for. */
export const postgresMessageStore = (pool: pg.Pool, metrics?: Metrics): MessageStore => ({
  store: async (batch): Promise<Refusals> => {
    try {
      return measure(metrics, await inTransaction(pool, (client) => storeBatch(client, batch, insertAll)))
    } catch (error) {
      if (classifyFault(error) === 'outage') throw error
      return measure(metrics, await inTransaction(pool, (client) => storeBatch(client, batch, insertBisecting)))
    }
  },
})
