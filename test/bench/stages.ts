import { type Cost, costOf } from './cost.ts'
import { type BenchDatabase, openBenchDatabase } from './database.ts'
import { type Fleet, firstSecond, fleets, logOf } from './fleet.ts'
import { copyMessages, upsertReadings } from './floors.ts'
import { type Cell, median, type Progress, type Section } from './report.ts'
import { rawEvents, workers } from './stage.ts'

const batches = [10, 100, 350, 1_000, 3_500] as const
const rounds = 3
const messagesOf = (batch: number) => (batch < 100 ? 2_000 : 7_000)

const measured = ['raw', 'rawAgain', 'rawFloor', 'pulse', 'pulseAgain', 'pulseFloor'] as const
type Costs = Record<(typeof measured)[number], Cost>

/** The registry and the readings of three hours before: an upsert into an empty table would be too cheap. */
const furnish = async ({ observer }: BenchDatabase, fleet: Fleet) => {
  const ids = Array.from({ length: fleet.devices }, (_, device) => fleet.deviceId(device))
  await observer.query(
    `INSERT INTO reading (device_id, channel, read_at, index, quality, received_at, message_id)
     SELECT device_id, channel, at, 1, 'measured', at, gen_random_uuid()
     FROM (SELECT to_timestamp($3) - make_interval(hours => hour) AS at FROM generate_series(3, 1, -1) AS hour) AS h,
       unnest($1::text[]) AS device_id, unnest($2::text[]) AS channel ON CONFLICT DO NOTHING`,
    [ids, fleet.channels, firstSecond],
  )
  await observer.query(
    `INSERT INTO device (device_id, valid_from, network, profile, weight_millilitres, weight_pulses, time_zone, sample_period_seconds)
     SELECT device_id, '2020-01-01', $2, $3, 10000, 1, 'Europe/Paris', $4 FROM unnest($1::text[]) AS device_id`,
    [ids, fleet.lane, fleet.lane === 'sigfox' ? 'adeunis-pulse@3' : 'dragino-sw3l-nb', fleet.samplePeriodSeconds],
  )
}

const measure = async (
  { worker, observer }: BenchDatabase,
  fleet: Fleet,
  batch: number,
  next: ReturnType<typeof logOf>,
) => {
  const stage = workers(worker, fleet.lane)
  const events = rawEvents(next(messagesOf(batch)), batch)
  let ids: typeof events = []
  const raw = await costOf(observer, async () => {
    ids = await stage.raw(events)
  })
  const rawAgain = await costOf(observer, () => stage.raw(events))
  const pulse = await costOf(observer, () => stage.pulse(ids))
  const pulseAgain = await costOf(observer, () => stage.pulse(ids))
  const floorLog = next(messagesOf(batch))
  const rawFloor = await costOf(observer, copyMessages(worker, floorLog, batch))
  const pulseFloor = await costOf(observer, upsertReadings(worker, fleet, floorLog, batch))
  return { raw, rawAgain, rawFloor, pulse, pulseAgain, pulseFloor }
}

/** The middle of the rounds, figure by figure, per message or reading. */
const middle = (all: readonly Costs[], key: keyof Costs, count: number): Cost => {
  const of = (figure: keyof Cost) => median(all.map((costs) => costs[key][figure])) / count
  return {
    nodeMicros: of('nodeMicros'),
    serverMicros: of('serverMicros'),
    wallMicros: of('wallMicros'),
    walBytes: of('walBytes'),
    storedBytes: of('storedBytes'),
  }
}

const total = ({ nodeMicros, serverMicros }: Cost) => nodeMicros + serverMicros

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

export type Stage = 'raw' | 'pulse'

const sectionOf: Record<Stage, Omit<Section, 'rows'>> = {
  raw: {
    title: 'Raw stage: event -> unpack -> identity -> store -> ids packed; CPU a message',
    columns: columnsOf('message', 'COPY µs'),
    notes: ['COPY: the same rows, made before, as COPY binary into the same table, one statement a batch.'],
  },
  pulse: {
    title: 'Pulse stage: event -> ids -> load -> decode -> merge; CPU a reading',
    columns: columnsOf('reading', 'upsert µs'),
    notes: [
      'upsert: such readings, made before, by INSERT .. unnest .. ON CONFLICT DO NOTHING, one statement a batch.',
    ],
  },
}

const rowOfStage = (stage: Stage, fleet: Fleet, batch: number, costs: readonly Costs[]) => {
  const isRaw = stage === 'raw'
  const units = messagesOf(batch) * (isRaw ? 1 : fleet.readingsAMessage)
  const of = (key: keyof Costs) => middle(costs, key, units)
  const aim = batch < 350 ? '' : isRaw ? '<= 9' : '<= 12'
  return isRaw
    ? rowOf(fleet.name, batch, aim, of('raw'), of('rawFloor'), of('rawAgain'))
    : rowOf(fleet.name, batch, aim, of('pulse'), of('pulseFloor'), of('pulseAgain'))
}

const measureFleet = async (database: BenchDatabase, fleet: Fleet, batches: readonly number[], progress: Progress) => {
  progress(`${fleet.name}: ${fleet.devices.toLocaleString('en')} devices with readings, warming up`)
  await furnish(database, fleet)
  await database.observer.query('VACUUM ANALYZE reading, device')
  await database.observer.query('CHECKPOINT')
  const next = logOf(fleet)
  for (let i = 0; i < 2; i++) await measure(database, fleet, 350, next)
  const results = new Map<number, Costs[]>(batches.map((batch) => [batch, []]))
  for (let round = 1; round <= rounds; round++) {
    progress(`${fleet.name}: round ${round} of ${rounds}`)
    for (const batch of batches) results.get(batch)?.push(await measure(database, fleet, batch, next))
  }
  return results
}

/** The stages over a durable PostgreSQL. One feeds the other, so that both are always run. */
export const stages = async (progress: Progress, wanted: readonly Stage[]): Promise<Section[]> => {
  const database = await openBenchDatabase()
  try {
    const rows: Record<Stage, Cell[][]> = { raw: [], pulse: [] }
    for (const [i, fleet] of fleets.entries()) {
      const results = await measureFleet(database, fleet, i === 0 ? batches : batches.slice(2, 4), progress)
      for (const [batch, costs] of results)
        for (const stage of wanted) rows[stage].push(rowOfStage(stage, fleet, batch, costs))
    }
    return wanted.map((stage) => ({ ...sectionOf[stage], rows: rows[stage] }))
  } finally {
    await database.close()
  }
}
