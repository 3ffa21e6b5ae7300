import { type DecodedIndex, type HistoryPart, type HistoryPlan, longestSeriesSeconds } from '../devices/profile.ts'
import type { MessageId } from '../message/identity.ts'

/** A message with a part of a history. */
export interface SentPart extends HistoryPart {
  readonly messageId: MessageId
  readonly atMs: number
}

/** In the order of sending; of two with the same number at the same instant the smaller id counts. */
const inOrder = (parts: readonly SentPart[]): SentPart[] =>
  [...parts]
    .sort((a, b) => a.atMs - b.atMs || a.part - b.part || (a.messageId < b.messageId ? -1 : 1))
    .filter((part, i, all) => part.atMs !== all[i - 1]?.atMs || part.part !== all[i - 1]?.part)

/** The parts from `from` on that come at most `seconds` after it. */
const within = (parts: readonly SentPart[], from: number, seconds: number): SentPart[] => {
  const endMs = (parts[from]?.atMs ?? 0) + seconds * 1000
  let end = from + 1
  while (end < parts.length && (parts[end]?.atMs ?? 0) <= endMs) end++
  return parts.slice(from + 1, end)
}

/** The plans that some part tells while it can still belong to the series that `from` opens; the shortest first. */
const plansOf = (parts: readonly SentPart[], from: number): HistoryPlan[] => {
  const openedMs = parts[from]?.atMs ?? 0
  const told = within(parts, from, longestSeriesSeconds).filter(
    ({ plan, atMs }) => plan !== null && atMs - openedMs <= plan.withinSeconds * 1000,
  )
  const plans = new Map(told.flatMap(({ plan }) => (plan === null ? [] : [[plan.periodSeconds, plan]])))
  return [...plans.values()].sort((a, b) => a.periodSeconds - b.periodSeconds)
}

/** The indexes of a series, part by part until one is missing. */
const addUp = (opening: SentPart, others: readonly SentPart[], plan: HistoryPlan): [MessageId, DecodedIndex[]][] => {
  const { channels } = opening
  let indexes = opening.indexes
  let sample = 0
  const tell = (by: SentPart, quality: DecodedIndex['quality']): DecodedIndex[] => {
    const beforeOpening = (plan.samples - 1 - sample++) * plan.periodSeconds
    const ageSeconds = (by.atMs - opening.atMs) / 1000 + beforeOpening
    return channels.map((channel, c) => ({ channel, index: indexes[c] ?? 0, timeSeconds: null, ageSeconds, quality }))
  }
  const addDeltas = (by: SentPart): DecodedIndex[] =>
    by.deltas.slice(0, plan.samples - sample).flatMap((deltas) => {
      indexes = indexes.map((index, c) => (index + (deltas[c] ?? 0)) >>> 0)
      return tell(by, 'derived')
    })
  const told: [MessageId, DecodedIndex[]][] = [
    [opening.messageId, [...tell(opening, 'measured'), ...addDeltas(opening)]],
  ]
  const byNumber = new Map(others.toReversed().map((part) => [part.part, part]))
  for (let number = 1; ; number++) {
    const next = byNumber.get(number)
    if (next === undefined) return told
    told.push([next.messageId, addDeltas(next)])
  }
}

/**
 * The histories that a device sent in parts. A part belongs to the newest opening before it; the last sample stands at
 * the moment of the opening, and the device need not say when the others were taken: the parts that are there tell the
 * plan. Without an opening, or with no part that tells the plan, nothing is known.
 * @returns what each message adds to the history, told of the time before it was sent
 */
export const assembleHistories = (all: readonly SentPart[]): ReadonlyMap<MessageId, readonly DecodedIndex[]> => {
  const parts = inOrder(all)
  const indexes = new Map<MessageId, readonly DecodedIndex[]>()
  for (const [from, opening] of parts.entries()) {
    if (opening.part !== 0) continue
    const [plan] = plansOf(parts, from)
    if (plan === undefined) continue
    const following = within(parts, from, plan.withinSeconds)
    const next = following.findIndex(({ part }) => part === 0)
    const own = next < 0 ? following : following.slice(0, next)
    for (const [messageId, told] of addUp(opening, own, plan)) indexes.set(messageId, told)
  }
  return indexes
}
