import type { MeterEvent } from './events.ts'
import { type Quality, qualities, type Reading } from './reading.ts'

const rank = (quality: Quality): number => qualities.indexOf(quality)

/** Two readings of the same device, channel and instant, made one: the result does not depend on their order. */
export const mergeReadings = (a: Reading, b: Reading): Reading => {
  const order = rank(a.quality) - rank(b.quality) || a.index - b.index || (a.messageId < b.messageId ? 1 : -1)
  const winner = order > 0 ? a : b
  return { ...winner, receivedAtMs: Math.min(a.receivedAtMs, b.receivedAtMs) }
}

/** What is kept of a differing index that did not win: the set of them depends on no order either. */
const indexConflict = (loser: Reading): MeterEvent => ({
  deviceId: loser.deviceId,
  atMs: loser.readAtMs,
  kind: 'index_conflict',
  channel: loser.channel,
  value: loser.index,
  messageId: null,
})

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The order of the table's key, among readings of one device. */
const byChannelAndTime = (a: Reading, b: Reading): number => byText(a.channel, b.channel) || a.readAtMs - b.readAtMs

/** What readings of one key come to. */
const mergeRun = (run: readonly Reading[], conflicts: MeterEvent[]): Reading => {
  const best = run.reduce(mergeReadings)
  const lost = new Map(run.filter(({ index }) => index !== best.index).map((reading) => [reading.index, reading]))
  for (const loser of lost.values()) conflicts.push(indexConflict(loser))
  return best
}

/**
 * One reading for each key, in the order of the keys, and every index that is not it, as the event that is kept of it.
 * Sorted by device first, as plain texts: with a key text for each reading it was a fifth of the pulse stage's JavaScript.
 */
export const mergeAll = (all: readonly Reading[]): { readings: Reading[]; conflicts: MeterEvent[] } => {
  const byDevice = Map.groupBy(all, ({ deviceId }) => deviceId)
  const readings: Reading[] = []
  const conflicts: MeterEvent[] = []
  for (const deviceId of [...byDevice.keys()].sort()) {
    const own = byDevice.get(deviceId)?.sort(byChannelAndTime) ?? []
    for (let from = 0, to = 1; from < own.length; from = to, to++) {
      const first = own[from] as Reading
      while (to < own.length && byChannelAndTime(first, own[to] as Reading) === 0) to++
      readings.push(to - from === 1 ? first : mergeRun(own.slice(from, to), conflicts))
    }
  }
  return { readings, conflicts }
}
