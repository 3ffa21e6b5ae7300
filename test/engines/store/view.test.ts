import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadIndexes } from '../../../adapters/postgres/told/load.ts'
import { profiles } from '../../../core/devices/index.ts'
import type { Profile } from '../../../core/devices/profile.ts'
import { channels } from '../../../core/message/channel.ts'
import { timedId, timeOfId } from '../../../core/message/identity.ts'
import type { StoredMessage } from '../../../core/message/message.ts'
import type { Reading } from '../../../core/readings/reading.ts'
import { needsOthers, readingsOf } from '../../../core/told/decide.ts'
import { decodeMessage } from '../../../core/told/decode-message.ts'
import { packTold, unpackTold } from '../../../core/told/pack.ts'
import { type KeptIndexes, standingOf } from '../../../core/told/standing.ts'
import { countTold, type Told, type ToldInstant, type ToldRow, toldBases } from '../../../core/told/told.ts'
import { closeBefore, midnightMs, openDays, readingsKept } from '../../support/closed-days.ts'
import { decoder } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { type Random, seeded } from '../../support/random.ts'
import adeunis from '../../vectors/adeunis.json' with { type: 'json' }
import dragino from '../../vectors/dragino.json' with { type: 'json' }
import others from '../../vectors/others.json' with { type: 'json' }

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())
beforeEach(() => openDays(db.pool, 5))

const numRuns = Number(process.env.RUNS ?? 40)
const hourMs = 3_600_000
const all = [...profiles.values()]

/** A row, and the packed bytes of what it tells. */
type PackedRow = Omit<ToldRow, 'told'> & { readonly told: Uint8Array }

const deviceIds = ['C00001', '868411050000001'] as const
const oneOf = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)] as T

/** An id of a few hours, so that many messages speak of the same instants. */
const someId = (random: Random, atMs: number) =>
  timedId(
    atMs,
    random
      .below(2 ** 32)
      .toString(16)
      .padEnd(32, '7'),
  )

const someInstant = (random: Random, isClocked: boolean, receivedAtMs: number): ToldInstant => {
  const base = oneOf(random, isClocked ? toldBases : toldBases.slice(1))
  const age = oneOf(random, [0, 0, 1, 3_600, 7_200, 86_400, 400 * 86_400, 400 * 86_400 - 3_600])
  return { base, seconds: base === 'clock' ? 3_600 * (Math.floor(receivedAtMs / hourMs) - random.below(8)) : age }
}

const someIndex = (random: Random) =>
  oneOf(random, [0, 1, 5, 1_000 + random.below(4), 2 ** 32 - 1, 2 ** 32 + random.below(3), 2 ** 48 - 1])

/** Whatever a row of this format can say, likely or not. */
const anythingTold = (random: Random, isClocked: boolean, receivedAtMs: number): Told => ({
  indexes: Array.from({ length: random.below(4) }, () => ({
    channel: oneOf(random, channels),
    index: someIndex(random),
    quality: oneOf(random, ['measured', 'derived'] as const),
    at: someInstant(random, isClocked, receivedAtMs),
  })),
  runs: Array.from({ length: random.below(3) }, () => ({
    channel: oneOf(random, channels),
    index: someIndex(random),
    at: someInstant(random, isClocked, receivedAtMs),
    periodSeconds: oneOf(random, [null, 1, 3_600, 86_400, 30 * 86_400]),
    deltas: Array.from({ length: random.below(6) }, () => oneOf(random, [0, 1, 7, 65_535, 2 ** 32 - 1])),
  })),
  part:
    random.below(4) > 0
      ? null
      : {
          part: random.below(3),
          channels: ['A', 'B'],
          indexes: [random.below(2_000), random.below(2_000)],
          deltas: [[1, 2]],
          plan: random.below(2) === 0 ? null : { samples: 3, periodSeconds: 3_600, withinSeconds: 7_200 },
        },
})

const vectors = [
  ...adeunis.vectors,
  ...dragino.vectors,
  ...others.vectors,
  ...adeunis.sequences.flatMap(({ frames }) => frames.map((hex) => ({ hex }))),
].map(({ hex = '' }) => Buffer.from(hex, 'hex'))

const framesOf = new Map(
  all.map((profile) => [
    profile.name,
    vectors.filter((bytes) => typeof profile.decode(bytes, { samplePeriodSeconds: null }) !== 'string'),
  ]),
)

/** Seconds since 1970 in vectors, and since 2013, which is what Adeunis counts from. */
const epochs = [
  { from: 1_420_000_000, to: 1_900_000_000, zero: 0 },
  { from: 250_000_000, to: 460_000_000, zero: 1_356_998_400 },
] as const

/** A frame that a profile decodes: a vector with its times moved to these days, and often a byte of it changed. */
const someFrame = (random: Random, profile: Profile): Uint8Array => {
  const vector = oneOf(random, framesOf.get(profile.name) ?? [])
  const bytes = Buffer.from(vector)
  // behind the digits of a datagram's ids, which look like times
  const idBytes = (bytes[8] ?? 0) >> 4 === 0xf ? 16 : 8
  const behindIds: Readonly<Record<string, number>> = { 'adeunis-nbiot': 19, 'dragino-nb': idBytes, 'elko-nb': 15 }
  const from = behindIds[profile.uplinkKind] ?? 1
  for (let at = from; at + 4 <= bytes.length; at++) {
    const value = bytes.readUInt32BE(at)
    const epoch = epochs.find(({ from, to }) => value > from && value < to)
    if (epoch === undefined) continue
    bytes.writeUInt32BE(midnightMs(3) / 1000 + random.below(8) * 3_600 - epoch.zero, at)
    at += 3
  }
  for (let changes = random.below(3); changes > 0; changes--) bytes[random.below(bytes.length)] = random.below(256)
  return typeof profile.decode(bytes, { samplePeriodSeconds: null }) === 'string' ? vector : bytes
}

/** Each profile in its turn: a random choice leaves some out. */
let turn = 0

/** Whose frames told a reading. */
const profilesSeen = new Set<string>()

const decodedFrame = (random: Random, profile: Profile, row: Omit<ToldRow, 'told'>): Uint8Array | null => {
  const message: StoredMessage = {
    id: row.messageId,
    kind: profile.uplinkKind,
    deviceId: row.deviceId,
    seqNumber: -1,
    receivedAtMs: row.receivedAtMs,
    payload: someFrame(random, profile),
    profile: profile.name,
    samplePeriodSeconds: oneOf(random, [null, 3_600]),
  }
  const { told } = decodeMessage(decoder, message)
  if (told !== null && countTold(unpackTold(told)) > 0) profilesSeen.add(profile.name)
  return told
}

/** A message of one of these days, in hours and odd milliseconds, or without a clock. */
const someRow = (random: Random, days: readonly number[], isClocked: boolean): PackedRow[] => {
  const atMs = midnightMs(oneOf(random, days)) + random.below(8) * hourMs + oneOf(random, [0, 0, 0, 1, 999])
  const row = {
    deviceId: oneOf(random, deviceIds),
    messageId: someId(random, isClocked ? atMs : 0),
    receivedAtMs: atMs + oneOf(random, [0, 2_000, 3_600_123]),
  }
  const profile = all[turn++ % all.length] as Profile
  const told =
    random.below(3) === 0
      ? packTold(profile, anythingTold(random, isClocked, row.receivedAtMs))
      : decodedFrame(random, profile, row)
  return told === null ? [] : [{ ...row, told }]
}

const insert = async (table: 'told' | 'told_late', rows: readonly PackedRow[]) => {
  for (const { receivedAtMs, messageId, deviceId, told } of rows)
    await db.pool.query(`INSERT INTO ${table} VALUES ($1, $2, id_hour($2), $3, $4) ON CONFLICT DO NOTHING`, [
      new Date(receivedAtMs),
      messageId,
      deviceId,
      told,
    ])
}

/** Readings as workers of before left them. */
const insertOfBefore = async (readings: readonly Reading[]) => {
  for (const { deviceId, channel, readAtMs, receivedAtMs, index, quality, messageId } of readings)
    await db.pool.query(`INSERT INTO reading_late VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, [
      new Date(readAtMs),
      new Date(receivedAtMs),
      index,
      messageId,
      quality,
      channel,
      deviceId,
    ])
}

/** What is left of a row without its neighbours. */
const alone = (row: ToldRow): ToldRow => ({
  ...row,
  told: { ...row.told, runs: row.told.runs.filter(({ periodSeconds }) => periodSeconds !== null), part: null },
})

const standingAlone = ({ open, late, decided, ofBefore }: KeptIndexes) =>
  standingOf({ open: open.map(alone), late: late.map(alone), decided, ofBefore, periods: [] }).readings

const decidedByCore = async (standing: (kept: KeptIndexes) => readonly Reading[]) => {
  const kept = await loadIndexes(db.pool as unknown as pg.PoolClient, deviceIds)
  return deviceIds.toSorted().flatMap((id) => {
    const indexes = kept.get(id)
    return indexes ? standing(indexes) : []
  })
}

const shownByView = async (): Promise<Reading[]> => {
  const client = await db.pool.connect()
  try {
    // a reader's own time zone changes nothing: this one sets its clocks twice a year
    await client.query("SET TimeZone = 'Europe/Helsinki'")
    const { rows } = await client.query<Reading>(
      `SELECT device_id AS "deviceId", channel, (date_part('epoch', read_at)::numeric * 1000)::float8 AS "readAtMs",
         (date_part('epoch', received_at)::numeric * 1000)::float8 AS "receivedAtMs", index::float8 AS index, quality,
         message_id AS "messageId" FROM reading ORDER BY device_id, channel, read_at`,
    )
    return rows
  } finally {
    await client.query('RESET TimeZone')
    client.release()
  }
}

const sorted = (readings: readonly Reading[]) => readings.map((row) => JSON.stringify(row, Object.keys(row).sort()))

test('the view of readings shows what the program decides, wherever messages are kept and whatever profile decoded them', async () => {
  const seen = { readings: 0, open: 0, late: 0, decided: 0, ofBefore: 0, folded: 0 }
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      await openDays(db.pool, 5)
      const random = seeded(seed)
      const isAlone = random.below(3) === 0
      const rows = (count: number, days: readonly number[], isClocked = true) =>
        Array.from({ length: count }, () => someRow(random, days, isClocked))
          .flat()
          .filter((row) => !isAlone || !needsOthers({ ...row, told: unpackTold(row.told) }))
      const closed = rows(random.below(12), [5, 4])
      await insert('told', closed)
      await closeBefore(db.pool, 3)
      const open = rows(random.below(12), [3, 2])
      await insert('told', open)
      // late are messages of closed days, of which some were there before, those without a clock, and some of open days
      const again = [...closed, ...open].filter(() => random.below(4) === 0)
      const isChanging = random.below(2) === 0
      const changed = again.map((row) => (isChanging ? { ...row, told: rows(1, [3])[0]?.told ?? row.told } : row))
      const late = [...rows(random.below(6), [5, 4]), ...rows(random.below(6), [4, 3, 2], false), ...changed]
      await insert('told_late', late)
      const before = rows(random.below(6), [5, 4, 3, 2]).map((row) => ({ ...row, told: unpackTold(row.told) }))
      await insertOfBefore(before.flatMap((row) => readingsOf([alone(row)], [])))

      const shown = await shownByView()
      expect(sorted(shown)).toEqual(sorted(await decidedByCore(standingAlone)))
      const kept = await loadIndexes(db.pool as unknown as pg.PoolClient, deviceIds)
      const hasNeighbours = [...kept.values()].some(({ open, late }) => [...open, ...late].some(needsOthers))
      if (!hasNeighbours) expect(sorted(shown)).toEqual(sorted(await decidedByCore((k) => standingOf(k).readings)))

      // folded it is the same; what another decoding tells of folded messages, only a replay decides whole
      if (!hasNeighbours && !isChanging) {
        await closeBefore(db.pool, -1)
        expect(sorted(await shownByView())).toEqual(sorted(shown))
        const days = await readingsKept(db.pool)
        expect(days.sigfox + days.nbiot).toBe(shown.length)
        seen.folded++
      }

      seen.readings += shown.length
      for (const { open, late, decided, ofBefore } of kept.values()) {
        seen.open += open.length
        seen.late += late.length
        seen.decided += decided.length
        seen.ofBefore += ofBefore.length
      }
    }),
    { numRuns, seed: 20_261_129, endOnFailure: true },
  )
  expect(profilesSeen).toEqual(new Set(profiles.keys()))
  for (const [name, count] of Object.entries(seen)) expect([name, count > numRuns / 20]).toEqual([name, true])
}, 60_000)

test('the view reads rows of every format, and says so where one is newer than the schema', async () => {
  const told = packTold(
    { code: 3, revision: 1 },
    {
      indexes: [{ channel: 'A', index: 7, quality: 'measured', at: { base: 'message', seconds: 0 } }],
      runs: [],
      part: null,
    },
  )
  const [newest = 0] = told
  const row = { deviceId: 'C00001', messageId: timedId(midnightMs(2), 'a'.repeat(32)), receivedAtMs: midnightMs(2) }
  for (let format = 1; format <= newest; format++) {
    await openDays(db.pool, 5)
    await insert('told', [{ ...row, told: Uint8Array.of(format, ...told.subarray(1)) }])
    expect(await shownByView()).toMatchObject([{ readAtMs: timeOfId(row.messageId), index: 7 }])
  }
  const newer = Uint8Array.of(newest + 1, ...told.subarray(1))
  await insert('told_late', [{ ...row, told: newer }])
  await expect(db.pool.query('SELECT * FROM reading')).rejects.toThrow(/newer than this schema/)
  expect(() => unpackTold(newer)).toThrow(/newer than this program/)
})

test('samples older than 400 days are left out by the view to the second, whatever time zone it is asked in', async () => {
  const at = { base: 'receipt', seconds: 0 } as const
  const row = (day: string, k: number, agoSeconds: number) => ({
    deviceId: 'C00001',
    messageId: timedId(0, String(k).repeat(32)),
    receivedAtMs: Date.parse(day),
    told: packTold(
      { code: 3, revision: 1 },
      { indexes: [], runs: [{ channel: 'A', index: 9, at, periodSeconds: agoSeconds, deltas: [1] }], part: null },
    ),
  })
  // in between the clocks of Helsinki were set forward, and back
  const [spring, autumn] = ['2026-04-10T00:00:00Z', '2026-11-20T00:00:00Z']
  const [kept, dropped] = [400 * 86_400 - 1_800, 400 * 86_400 + 1_800]
  await insert('told_late', [
    row(spring, 1, kept),
    row(spring, 2, dropped),
    row(autumn, 3, kept),
    row(autumn, 4, dropped),
  ])
  const expected = [spring, autumn].map((day) => Date.parse(day) - kept * 1000)
  expect((await shownByView()).map(({ readAtMs }) => readAtMs)).toEqual(expected)
  expect((await decidedByCore(standingAlone)).map(({ readAtMs }) => readAtMs)).toEqual(expected)
})
