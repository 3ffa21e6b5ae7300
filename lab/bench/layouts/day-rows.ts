import type pg from 'pg'
import { bigints, instants, texts, uuids, words } from '../../../adapters/postgres/sql/arrays.ts'
import type { Uplink } from '../../../core/message/uplink.ts'
import { mergeAll } from '../../../core/readings/merge.ts'
import type { Reading } from '../../../core/readings/reading.ts'
import type { Cell } from '../../text/table.ts'
import { logOf } from '../fleet.ts'
import { type Cost, costOf } from '../measure/cost.ts'
import { type BenchDatabase, openBenchDatabase } from '../measure/database.ts'
import { median, type Part } from '../measure/part.ts'
import { readingsOf } from '../workers/floors.ts'
import { columns, type Layout, layouts } from './layouts.ts'
import { fill, messagesACheckpoint, nextSecond, type Shape, shapes, startOf, storedBytes, tell } from './told.ts'

const warmUpRounds = 3
const rounds = 9

const source = `unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::reading_quality[], $6::timestamptz[],
  $7::uuid[]) AS told (${columns})`

/** What the pulse worker does with the readings of a batch after decoding. */
const mergeBatch = (client: pg.Pool, { merge }: Layout, readings: readonly Reading[]) => {
  const { readings: best } = mergeAll(readings)
  return client.query(merge(source), [
    texts(best.map((row) => row.deviceId)),
    texts(best.map((row) => row.channel)),
    instants(best.map((row) => row.readAtMs)),
    bigints(best.map((row) => row.index)),
    words(best.map((row) => row.quality)),
    instants(best.map((row) => row.receivedAtMs)),
    uuids(best.map((row) => row.messageId)),
  ])
}

/** A month of one device as the API reads it: pages of the database, and milliseconds. */
const readMonth = async (client: pg.Pool, { month }: Layout, shape: Shape) => {
  const end = new Date(nextSecond(shape) * 1000)
  const pages: number[] = []
  const millis: number[] = []
  for (let device = 0; device < 30; device++) {
    const values = [shape.fleet.deviceId(device), new Date(end.getTime() - 30 * 86_400_000), end]
    const begin = performance.now()
    await client.query(month, values)
    millis.push(performance.now() - begin)
    const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${month}`, values)
    const { Plan } = rows[0]['QUERY PLAN'][0]
    pages.push(Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'])
  }
  return { pages: median(pages), millis: median(millis) }
}

interface Kept {
  readonly readings: string
  /** With the ids of the messages. Null where they are not kept. */
  readonly withIds: string | null
}

/** A checksum that is equal for all layouts that keep the same readings. */
const checksum = async (client: pg.Pool, { view }: Layout): Promise<Kept> => {
  const row = `concat_ws(' ', device_id, channel, extract(epoch FROM read_at), index, quality, extract(epoch FROM received_at))`
  const { rows } = await client.query(
    `SELECT count(*) || ' readings ' || sum(hashtext(${row})::bigint) AS readings,
       CASE WHEN count(*) = count(message_id) THEN sum(hashtext(${row} || message_id)::bigint)::text END AS "withIds" FROM (${view}) AS kept`,
  )
  return rows[0]
}

/** @throws where two layouts differ in what they keep */
const requireSame = (kept: ReadonlyMap<string, Kept>) => {
  const all = [...kept.values()]
  const ids = all.flatMap(({ withIds }) => withIds ?? [])
  if (new Set(all.map(({ readings }) => readings)).size > 1 || new Set(ids).size > 1)
    throw new Error(`The layouts keep different readings: ${JSON.stringify([...kept])}`)
}

const total = ({ nodeMicros, serverMicros }: Cost) => nodeMicros + serverMicros

/** The median round by CPU. */
const middle = (costs: readonly Cost[]): Cost => {
  const found = [...costs].sort((a, b) => total(a) - total(b))[Math.floor(costs.length / 2)]
  if (!found) throw new Error('Nothing was measured.')
  return found
}

const measure = async ({ worker, observer }: BenchDatabase, shape: Shape, layout: Layout) => {
  const { fleet, devices, days } = shape
  await worker.query(layout.ddl)
  const emptyBytes = await storedBytes(worker, layout)
  let closeMicros = 0
  const stored = await fill(worker, shape, layout, async (statement) => {
    closeMicros += (await costOf(observer, () => worker.query(statement))).serverMicros
  })
  const { rows } = await worker.query('SELECT count(DISTINCT (device_id, channel, read_at))::int AS count FROM told')
  const aDay = (rows[0].count / (nextSecond(shape) - startOf(shape))) * 86_400

  const next = logOf({ ...fleet, devices }, nextSecond(shape))
  const batch = (messages = devices) => (next(messages) as Uplink[]).flatMap((uplink) => readingsOf(fleet, uplink))
  const run = (readings: readonly Reading[]) => costOf(observer, () => mergeBatch(worker, layout, readings))
  for (let i = 0; i < warmUpRounds; i++) await run(batch())
  await observer.query('CHECKPOINT')
  const first = batch(messagesACheckpoint(shape))
  const afterCheckpoint = await run(first)
  const costs: Cost[] = []
  const again: Cost[] = []
  for (let i = 0; i < rounds; i++) {
    const readings = batch()
    costs.push(await run(readings))
    again.push(await run(readings))
  }
  const cost = middle(costs)
  const readings = devices * fleet.readingsAMessage
  const month = await readMonth(worker, layout, shape)
  const row: Cell[] = [
    layout.name,
    cost.nodeMicros / devices,
    cost.serverMicros / devices,
    total(cost) / devices,
    total(cost) / readings,
    total(middle(again)) / readings,
    layout.close('').length === 0 ? null : closeMicros / (aDay * (days - 1)),
    costs.reduce((sum, { walBytes }) => sum + walBytes, 0) / (rounds * readings),
    afterCheckpoint.walBytes / first.length,
    (stored.afterADay - emptyBytes) / aDay,
    (stored.atTheEnd - emptyBytes) / (aDay * days),
    month.pages,
    month.millis,
  ]
  const sum = await checksum(worker, layout)
  for (const table of layout.tables) await worker.query(`DROP TABLE ${table}`)
  return { row, sum }
}

const measureShape = async (database: BenchDatabase, shape: Shape, progress: (line: string) => void) => {
  const { fleet, days } = shape
  progress(`day rows: ${fleet.name}, ${days} days are made`)
  await tell(database.worker, shape)
  const kept = new Map<string, Kept>()
  const rows: Cell[][] = []
  for (const layout of layouts) {
    progress(`day rows: ${fleet.name}, ${layout.name}`)
    const { row, sum } = await measure(database, shape, layout)
    rows.push(row)
    kept.set(layout.name, sum)
  }
  requireSame(kept)
  return {
    title: `Layouts of readings, ${fleet.name}: ${fleet.readingsAMessage} readings a message, ${days} days kept`,
    columns: [
      'layout',
      'Node µs',
      'PostgreSQL µs',
      'µs a message',
      'µs a reading',
      'again µs',
      'closing µs',
      'WAL B',
      'after checkpoint',
      'stored B, day 1',
      `day ${days}`,
      'month: pages',
      'ms',
    ],
    rows,
    notes: [
      `Merge only, after decoding: CPU of the middle one of ${rounds} batches, WAL of all. WAL and stored bytes a reading; again: the same batch a second time; closing: PostgreSQL, a reading.`,
      'After checkpoint: what the fleet tells in the five minutes behind it, whole pages included. A day counts a reading once; day 1 is before any vacuum, which runs at midnight.',
      'All layouts kept the same readings.',
    ],
  }
}

/** Readings as rows or as day rows: CPU, log, disk, and reading a month, with the traffic of real profiles. */
export const dayRows: Part = async (progress) => {
  const database = await openBenchDatabase()
  try {
    await database.observer.query('GRANT CREATE ON SCHEMA public TO sluice_app')
    const sections = []
    for (const shape of shapes) sections.push(await measureShape(database, shape, progress))
    return sections
  } finally {
    await database.close()
  }
}
