import type pg from 'pg'
import type { Uplink } from '../../../core/message/uplink.ts'
import type { Cell } from '../../text/table.ts'
import { logOf } from '../fleet.ts'
import { type Cost, costOf } from '../measure/cost.ts'
import { type BenchDatabase, openBenchDatabase } from '../measure/database.ts'
import { median, type Part } from '../measure/part.ts'
import {
  fill,
  messagesACheckpoint,
  nextSecond,
  type Shape,
  shapes,
  startOf,
  storedBytes,
  tell,
} from './fleet-readings.ts'
import { layouts } from './layouts.ts'
import { packedStore } from './packed.ts'
import { type Store, statementStore } from './store.ts'

const warmUpRounds = 3
const rounds = 9

/** A month of one device, as the API reads it: pages of the database it takes, and milliseconds. */
const readMonth = async (client: pg.Pool, { read, found }: Store, shape: Shape) => {
  const end = new Date(nextSecond(shape) * 1000)
  const pages: number[] = []
  const millis: number[] = []
  for (let device = 0; device < 30; device++) {
    const values = [shape.fleet.deviceId(device), new Date(end.getTime() - 30 * 86_400_000), end] as const
    const begin = performance.now()
    await read(...values)
    millis.push(performance.now() - begin)
    const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${found}`, [...values])
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

/** The same for every layout that keeps the same readings. */
const checksum = async (client: pg.Pool, { view }: Store): Promise<Kept> => {
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

const measure = async ({ worker, owner, observer }: BenchDatabase, shape: Shape, store: Store) => {
  const { fleet, devices, days } = shape
  await store.make()
  const emptyBytes = await storedBytes(owner, store)
  let closeMicros = 0
  const stored = await fill(owner, shape, store, async (work) => {
    closeMicros += total(await costOf(observer, work))
  })
  const { rows } = await worker.query(
    'SELECT count(DISTINCT (device_id, channel, read_at))::int AS count FROM fleet_reading',
  )
  const aDay = (rows[0].count / (nextSecond(shape) - startOf(shape))) * 86_400

  const next = logOf({ ...fleet, devices }, nextSecond(shape))
  const batch = (messages = devices) => store.write(fleet, next(messages) as Uplink[])
  const run = (write: () => Promise<unknown>) => costOf(observer, write)
  for (let i = 0; i < warmUpRounds; i++) await run(batch())
  await observer.query('CHECKPOINT')
  const afterCheckpoint = await run(batch(messagesACheckpoint(shape)))
  const costs: Cost[] = []
  const again: Cost[] = []
  for (let i = 0; i < rounds; i++) {
    const write = batch()
    costs.push(await run(write))
    again.push(await run(write))
  }
  const cost = middle(costs)
  const readings = devices * fleet.readingsAMessage
  const month = await readMonth(worker, store, shape)
  const row: Cell[] = [
    store.name,
    cost.nodeMicros / devices,
    cost.serverMicros / devices,
    total(cost) / devices,
    total(cost) / readings,
    total(middle(again)) / readings,
    store.close === null ? null : closeMicros / (aDay * (days - 1)),
    costs.reduce((sum, { walBytes }) => sum + walBytes, 0) / (rounds * readings),
    afterCheckpoint.walBytes / (messagesACheckpoint(shape) * fleet.readingsAMessage),
    (stored.afterADay - emptyBytes) / aDay,
    (stored.atTheEnd - emptyBytes) / (aDay * days),
    month.pages,
    month.millis,
  ]
  const sum = await checksum(worker, store)
  await store.drop()
  return { row, sum }
}

const measureShape = async (database: BenchDatabase, shape: Shape, progress: (line: string) => void) => {
  const { fleet, days } = shape
  progress(`day rows: ${fleet.name}, ${days} days are made`)
  await tell(database.worker, shape)
  const kept = new Map<string, Kept>()
  const rows: Cell[][] = []
  for (const store of [...layouts.map((layout) => statementStore(database, layout)), packedStore(database, shape)]) {
    progress(`day rows: ${fleet.name}, ${store.name}`)
    const { row, sum } = await measure(database, shape, store)
    rows.push(row)
    kept.set(store.name, sum)
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
      `Storing only, after decoding: CPU of the middle one of ${rounds} batches, WAL of all. WAL and stored bytes a reading; again: the same batch a second time; closing: a reading.`,
      'After checkpoint: what the fleet tells in the five minutes behind it, whole pages included. A day counts a reading once; day 1 is before any vacuum, which runs at midnight.',
      'All layouts kept the same readings.',
    ],
  }
}

/** Readings as rows or as day rows: CPU, log, disk, and reading a month, with the traffic of real profiles. */
export const dayRows: Part = async (progress) => {
  const database = await openBenchDatabase()
  try {
    await database.owner.query('GRANT CREATE ON SCHEMA public TO sluice_app')
    // the benchmark vacuums when it says so
    await database.owner.query('ALTER SYSTEM SET autovacuum = off')
    await database.owner.query('SELECT pg_reload_conf()')
    const sections = []
    for (const shape of shapes) sections.push(await measureShape(database, shape, progress))
    return sections
  } finally {
    await database.close()
  }
}
