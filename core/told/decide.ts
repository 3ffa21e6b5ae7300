import { judgeTime } from '../message/identity.ts'
import type { MeterEvent } from '../readings/events.ts'
import type { Reading } from '../readings/reading.ts'
import { assembleHistories, type SentPart } from './histories.ts'
import { eventMs, instantMs, type ToldRow, type ToldRun } from './told.ts'

/** A sample period that a device told: it holds until the next. */
export type ToldPeriod = Pick<MeterEvent, 'deviceId' | 'atMs' | 'value'>

/** In the order in which they hold: of two at one instant the longer. */
const inOrder = (periods: readonly ToldPeriod[]) => periods.toSorted((a, b) => a.atMs - b.atMs || a.value - b.value)

const reading = (row: ToldRow, told: Pick<Reading, 'channel' | 'index' | 'quality' | 'readAtMs'>): Reading => ({
  deviceId: row.deviceId,
  receivedAtMs: row.receivedAtMs,
  messageId: row.messageId,
  ...told,
})

/** What stands at the receipt has no clock behind it. */
const qualityAt = <Q extends Reading['quality']>(base: string, quality: Q) =>
  base === 'receipt' ? ('clock_unset' as const) : quality

/** The samples of a run, where somebody says how far apart they are. Modulo 2^32: a counter wraps. */
const samplesOf = (row: ToldRow, run: ToldRun, told: readonly ToldPeriod[], readings: Reading[]): void => {
  const newestMs = instantMs(row, run.at)
  const seconds = run.periodSeconds ?? told.findLast(({ atMs }) => atMs <= newestMs)?.value
  if (seconds === undefined) return
  const { channel } = run
  const quality = qualityAt(run.at.base, 'derived')
  let index = run.index
  run.deltas.forEach((delta, k) => {
    index = (index - delta) >>> 0
    const readAtMs = newestMs - (k + 1) * seconds * 1000
    if (judgeTime(readAtMs, row.receivedAtMs) === 'used')
      readings.push(reading(row, { channel, index, quality, readAtMs }))
  })
}

/** The samples of histories in parts: what adds up without a gap. */
const partsOf = (rows: readonly ToldRow[], readings: Reading[]): void => {
  const byId = new Map(rows.map((row) => [row.messageId, row]))
  const parts = rows.flatMap((row): SentPart[] =>
    row.told.part === null ? [] : [{ ...row.told.part, messageId: row.messageId, atMs: eventMs(row) }],
  )
  for (const [messageId, indexes] of assembleHistories(parts)) {
    const row = byId.get(messageId) as ToldRow
    for (const { channel, index, ageSeconds, quality } of indexes) {
      const readAtMs = eventMs(row) - ageSeconds * 1000
      readings.push(reading(row, { channel, index, quality, readAtMs }))
    }
  }
}

/**
 * The readings that rows of one device tell, seen together: a configuration times the samples after it, and parts of a
 * history add up. It depends on the set of them, and on no order.
 * @param periods the sample periods that the device has told
 */
export const readingsOf = (rows: readonly ToldRow[], periods: readonly ToldPeriod[]): Reading[] => {
  const readings: Reading[] = []
  let told: readonly ToldPeriod[] | null = null
  let hasParts = false
  for (const row of rows) {
    const { indexes, runs, part } = row.told
    for (let i = 0; i < indexes.length; i++) {
      const { channel, index, quality, at } = indexes[i] as (typeof indexes)[number]
      const readAtMs = instantMs(row, at)
      readings.push(reading(row, { channel, index, quality: qualityAt(at.base, quality), readAtMs }))
    }
    for (const run of runs) {
      told ??= inOrder(periods)
      samplesOf(row, run, told, readings)
    }
    hasParts ||= part !== null
  }
  if (hasParts) partsOf(rows, readings)
  return readings
}

/** Whether what a row tells depends on what its device tells elsewhere. */
export const needsOthers = ({ told }: ToldRow): boolean =>
  told.part !== null || told.runs.some(({ periodSeconds }) => periodSeconds === null)
