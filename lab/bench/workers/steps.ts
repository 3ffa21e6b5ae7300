import { packTold } from '../../../core/told/pack.ts'
import type { ToldIndex, ToldInstant } from '../../../core/told/told.ts'
import type { Cell, Section } from '../../text/table.ts'
import { type Fleet, firstSecond, fleets, logOf } from '../fleet.ts'
import { type Cost, costOf } from '../measure/cost.ts'
import { type BenchDatabase, openBenchDatabase } from '../measure/database.ts'
import { median, type Progress } from '../measure/part.ts'
import { copyMessages, insertRows } from './floors.ts'
import { rawEvents, workers } from './workers.ts'

const batches = [1, 10, 100, 1_000, 10_000] as const
const usualBatch = 1_000
const rounds = 3
const messagesOf = (fleet: Fleet, batch: number) =>
  Math.max(batch, Math.min(300 * batch, Math.round(6_000 / fleet.readingsAMessage)))

type Step = 'raw' | 'pulse'

const measured = ['raw', 'rawAgain', 'rawFloor', 'pulse', 'pulseAgain', 'pulseFloor'] as const
type Costs = Record<(typeof measured)[number], Cost> & {
  /** Milliseconds of each invocation. */
  readonly millis: Record<Step, readonly number[]>
}

/** The registry, and rows of three hours of each day: an insert into an empty table would be no fair one. */
export const furnish = async ({ observer }: BenchDatabase, fleet: Fleet) => {
  const ids = Array.from({ length: fleet.devices }, (_, device) => fleet.deviceId(device))
  const at: ToldInstant = { base: 'message', seconds: 0 }
  const indexes = fleet.channels.map((channel): ToldIndex => ({ channel, index: 1, quality: 'measured', at }))
  await observer.query(
    `INSERT INTO told (hour, device_id, message_id, received_at, told)
     SELECT id_hour(id), device_id, id, at, $3
     FROM (SELECT to_timestamp($2) + make_interval(hours => hour) AS at FROM unnest('{-3,-2,-1,20,21,22}'::int[]) AS hour) AS h,
       unnest($1::text[]) AS device_id, LATERAL (
         SELECT (lpad(to_hex((date_part('epoch', at) * 1000)::bigint), 12, '0')
           || substr(md5(device_id), 1, 20))::uuid AS id) AS i
     ON CONFLICT DO NOTHING`,
    [ids, firstSecond, Buffer.from(packTold({ code: 0, revision: 0 }, { indexes, runs: [], part: null }))],
  )
  await observer.query(
    `INSERT INTO device (device_id, valid_from, network, profile, weight_millilitres, weight_pulses, time_zone, sample_period_seconds)
     SELECT device_id, '2020-01-01', $2, $3, 10000, 1, 'Europe/Paris', $4 FROM unnest($1::text[]) AS device_id`,
    [ids, fleet.lane, fleet.profile, fleet.samplePeriodSeconds],
  )
  await observer.query('VACUUM ANALYZE told, device')
  await observer.query('CHECKPOINT')
}

const measure = async (
  { worker, observer }: BenchDatabase,
  fleet: Fleet,
  batch: number,
  next: ReturnType<typeof logOf>,
) => {
  const lane = workers(worker, fleet.lane)
  const events = rawEvents(next(messagesOf(fleet, batch)), batch)
  const ids: typeof events = []
  const millis: Record<Step, number[]> = { raw: [], pulse: [] }
  const raw = await costOf(observer, async () => {
    const done = await lane.raw(events)
    ids.push(...done.following)
    millis.raw = done.millis
  })
  const rawAgain = await costOf(observer, () => lane.raw(events))
  const pulse = await costOf(observer, async () => {
    millis.pulse = (await lane.pulse(ids)).millis
  })
  const pulseAgain = await costOf(observer, () => lane.pulse(ids))
  const floorLog = next(messagesOf(fleet, batch))
  const rawFloor = await costOf(observer, copyMessages(worker, floorLog, batch))
  const pulseFloor = await costOf(observer, insertRows(worker, fleet, floorLog, batch))
  return { raw, rawAgain, rawFloor, pulse, pulseAgain, pulseFloor, millis }
}

const total = ({ nodeMicros, serverMicros }: Cost) => nodeMicros + serverMicros

/** The round that took least, per message or reading. Other work on the machine can only add to a round. */
const quietest = (all: readonly Costs[], key: (typeof measured)[number], count: number): Cost => {
  const [least] = all.map((costs) => costs[key]).sort((a, b) => total(a) - total(b))
  if (!least) throw new Error('Nothing was measured.')
  const { nodeMicros, serverMicros, wallMicros, walBytes, storedBytes } = least
  return {
    nodeMicros: nodeMicros / count,
    serverMicros: serverMicros / count,
    wallMicros: wallMicros / count,
    walBytes: walBytes / count,
    storedBytes: storedBytes / count,
  }
}

const columnsOf = (unit: string, floor: string) => [
  'frames',
  'batch',
  'Node µs',
  'PostgreSQL µs',
  `µs a ${unit}`,
  'aim',
  floor,
  'x floor',
  `${unit}s/s`,
  'WAL B',
  'stored B',
  'replay µs',
  'replay WAL B',
]

const rowOf = (name: string, batch: number, aim: string, now: Cost, floor: Cost, again: Cost) => [
  name,
  batch,
  now.nodeMicros,
  now.serverMicros,
  total(now),
  aim,
  total(floor),
  total(now) / total(floor),
  Math.round(1e6 / now.wallMicros),
  Math.round(now.walBytes),
  Math.round(now.storedBytes),
  total(again),
  Math.round(again.walBytes),
]

/** How PostgreSQL was built: compiled for size, every figure of its column is larger, the floor's too. */
const buildOf = async ({ observer }: BenchDatabase): Promise<string> => {
  const { rows } = await observer.query<{ version: string; flags: string }>(
    `SELECT current_setting('server_version') AS version, (SELECT setting FROM pg_config WHERE name = 'CFLAGS') AS flags`,
  )
  const optimised = /-O\w+/.exec(rows[0]?.flags ?? '')?.[0] ?? 'unknown flags'
  return `The quietest of ${rounds} rounds. PostgreSQL ${rows[0]?.version}, compiled with ${optimised}; fsync and synchronous_commit on.`
}

const sectionOf: Record<Step, Omit<Section, 'rows'>> = {
  raw: {
    title: 'Raw stage: event -> unpack -> identity -> store -> ids packed; CPU a message',
    columns: columnsOf('message', 'COPY µs'),
    notes: ['COPY: the same rows, prepared beforehand, as COPY binary into the same table, one statement a batch.'],
  },
  pulse: {
    title: 'Pulse stage: event -> ids -> load -> decode -> store; CPU a reading',
    columns: columnsOf('reading', 'insert µs'),
    notes: ['insert: such rows, made before, by a plain INSERT .. unnest into the same table, one statement a batch.'],
  },
}

const rowOfStep = (step: Step, fleet: Fleet, batch: number, costs: readonly Costs[]) => {
  const isRaw = step === 'raw'
  const units = messagesOf(fleet, batch) * (isRaw ? 1 : fleet.readingsAMessage)
  const of = (key: (typeof measured)[number]) => quietest(costs, key, units)
  const aim = batch < usualBatch ? '' : isRaw ? '<= 9' : '<= 12'
  return isRaw
    ? rowOf(fleet.name, batch, aim, of('raw'), of('rawFloor'), of('rawAgain'))
    : rowOf(fleet.name, batch, aim, of('pulse'), of('pulseFloor'), of('pulseAgain'))
}

const measureFleet = async (database: BenchDatabase, fleet: Fleet, batches: readonly number[], progress: Progress) => {
  progress(`${fleet.name}: ${fleet.devices.toLocaleString('en')} devices with readings, warming up`)
  await furnish(database, fleet)
  const next = logOf(fleet)
  for (let i = 0; i < 2; i++) await measure(database, fleet, usualBatch, next)
  const results = new Map<number, Costs[]>(batches.map((batch) => [batch, []]))
  for (let round = 1; round <= rounds; round++) {
    progress(`${fleet.name}: round ${round} of ${rounds}`)
    for (const batch of batches) results.get(batch)?.push(await measure(database, fleet, batch, next))
  }
  return results
}

/** Each of the source design's two functions took 150 ms a message. */
const sourceMillis = 150

/** What Lambda bills for a million messages. Each invocation is rounded up to a millisecond. */
const billedOf = (fleet: Fleet, costs: readonly Costs[], step: Step, batch: number): Cell[] => {
  const all = costs.map(({ millis }) => millis[step])
  const billed = Math.min(...all.map((times) => times.reduce((sum, ms) => sum + Math.ceil(ms), 0) / times.length))
  const cpu = total(quietest(costs, step, messagesOf(fleet, batch)))
  const aMillion = Math.round((billed / batch) * 1e6)
  return [step, batch, Math.min(...all.map(median)), cpu, aMillion, Math.round((sourceMillis * 1e6) / aMillion)]
}

const batchSection = (fleet: Fleet, results: ReadonlyMap<number, Costs[]>, wanted: readonly Step[]): Section => ({
  title: `Batch size: ${fleet.name} messages an invocation, ${fleet.readingsAMessage} readings each`,
  columns: [
    'worker',
    'batch',
    'ms an invocation',
    'CPU µs a message',
    'billed ms a million',
    'x less than 150 ms each',
  ],
  rows: wanted.flatMap((step) => [...results].map(([batch, costs]) => billedOf(fleet, costs, step, batch))),
  notes: [
    `From the event to the answer, with a whole CPU and PostgreSQL on the same machine. The bus answers at once. Billed: each invocation rounded up to 1 ms. The quietest of ${rounds} rounds.`,
  ],
})

/** Row and index on disk, a row: raw messages and what they tell, as they come. */
const diskSection = async ({ observer }: BenchDatabase): Promise<Section> => {
  const rows: Cell[][] = []
  for (const table of ['message', 'told']) {
    const { rows: found } = await observer.query<{ rows: number; heap: number; all: number }>(
      `SELECT (SELECT count(*) FROM ${table})::float8 AS rows, sum(pg_relation_size(relid))::float8 AS heap,
         sum(pg_total_relation_size(relid))::float8 AS all FROM pg_partition_tree('${table}') WHERE isleaf`,
    )
    const [{ rows: count, heap, all } = { rows: 0, heap: 0, all: 0 }] = found
    rows.push([table, count, heap / count, (all - heap) / count, all / count])
  }
  return {
    title: 'Bytes on disk, a message',
    columns: ['table', 'rows', 'row B', 'index B', 'both'],
    rows,
    notes: ['Sigfox 0x46: a payload of 10 bytes, two indexes told. Days that are closed: see the layouts.'],
  }
}

/** The two steps over a durable PostgreSQL. One feeds the other, so both always run. */
export const steps = async (progress: Progress, wanted: readonly Step[]): Promise<Section[]> => {
  const database = await openBenchDatabase()
  try {
    const rows: Record<Step, Cell[][]> = { raw: [], pulse: [] }
    const bySize: Section[] = []
    for (const [i, fleet] of fleets.entries()) {
      const results = await measureFleet(database, fleet, i === 0 ? batches : [usualBatch], progress)
      if (i === 0) bySize.push(batchSection(fleet, results, wanted), await diskSection(database))
      for (const [batch, costs] of results)
        for (const step of wanted) rows[step].push(rowOfStep(step, fleet, batch, costs))
    }
    const built = await buildOf(database)
    const byStep = wanted.map((step) => {
      const { notes, ...section } = sectionOf[step]
      return { ...section, rows: rows[step], notes: [...notes, built] }
    })
    return [...byStep, ...bySize]
  } finally {
    await database.close()
  }
}
