import { longestSeriesSeconds } from '../devices/profile.ts'
import { timeOfId } from '../message/identity.ts'
import type { Message, Reject } from '../message/message.ts'
import { eventKey, type MeterEvent } from '../readings/events.ts'
import { mergeAll } from '../readings/merge.ts'
import { isSameReading, type Reading, readingKey } from '../readings/reading.ts'
import { readingsOf } from '../told/decide.ts'
import { type DecoderPorts, decodeMessage, eventTimeMs, profileNameOf } from '../told/decode-message.ts'
import type { Decoding } from '../told/decoding.ts'
import { isSamePacked, unpackTold } from '../told/pack.ts'
import { standingOf } from '../told/standing.ts'
import type { ToldRow } from '../told/told.ts'
import { changedDays } from './changed-days.ts'
import type { Kept, KeptDevice, MessageState, Scope } from './kept.ts'
import { isWithin, scopeOf, slotOf } from './scope.ts'

/** What must change so that all is as if every message were decoded now for the first time. */
export interface Difference {
  /** Messages whose rows are written anew, and those whose rows go. */
  readonly rows: readonly Decoding[]
  readonly rowsToDrop: readonly Message[]
  /** Readings of the closed days that change, as they are and as they shall be: whole days, sorted by their key. */
  readonly daysBefore: readonly Reading[]
  readonly daysAfter: readonly Reading[]
  /** Devices of which readings of workers of before go, because rows and days say them now. */
  readonly takenOver: readonly string[]
  readonly eventsToWrite: readonly MeterEvent[]
  readonly eventsToDrop: readonly MeterEvent[]
  readonly rejects: readonly Reject[]
  /** Ids of rejects whose message is decoded now, or no longer rejected for this record. */
  readonly resolved: readonly string[]
  readonly states: readonly {
    readonly message: Message
    readonly was: MessageState | null
    readonly now: MessageState
  }[]
  /** What that comes to, reading by reading. */
  readonly added: readonly Reading[]
  readonly changed: readonly { readonly was: Reading; readonly now: Reading }[]
  readonly gone: readonly Reading[]
}

const byKey = <T>(rows: readonly T[], keyOf: (row: T) => string) => new Map(rows.map((row) => [keyOf(row), row]))

/** A reading as one message tells it. */
const toldKey = (reading: Reading): string => `${reading.messageId} ${readingKey(reading)}`

/**
 * What a decoding of all kept messages leaves. Readings of messages that are not kept any more take part as they are,
 * since nothing can tell better; so do those of a history whose first part may have been removed.
 */
const freshOf = (ports: DecoderPorts, kept: KeptDevice, { horizonMs, closedBeforeMs }: Kept) => {
  const decodings = kept.messages.map((message) => decodeMessage(ports, message))
  const known = new Set(kept.messages.map(({ id }) => id))
  const rows = decodings.flatMap(({ message, told }): ToldRow[] => {
    const { id: messageId, deviceId, receivedAtMs } = message
    return told === null ? [] : [{ messageId, deviceId, receivedAtMs, told: unpackTold(told) }]
  })
  const { decided, ofBefore, open, late } = kept.indexes
  // of two rows of a message the late one holds
  const orphanRows = [...byKey([...open, ...late], ({ messageId }) => messageId).values()].filter(
    ({ messageId }) => !known.has(messageId),
  )
  const doubtedFromMs = horizonMs + longestSeriesSeconds * 1000
  const isDoubtful = ({ messageId, told }: ToldRow) => told.part !== null && timeOfId(messageId) < doubtedFromMs
  const doubtful = new Set(rows.filter(isDoubtful).map(({ messageId }) => messageId))
  const told = [
    ...decodings.flatMap(({ events }) => events),
    ...kept.events.filter(({ messageId }) => messageId !== null && !known.has(messageId)),
  ]
  const periods = told.filter(({ kind }) => kind === 'sample_period')
  const readings = readingsOf([...rows, ...orphanRows], periods)
  const orphans = [...decided, ...ofBefore].filter(({ messageId }) => !known.has(messageId) || doubtful.has(messageId))
  // messages of open days, and those that have a row already, tell by their rows; the rest is decided in days
  const isRow = ({ messageId }: ToldRow) => timeOfId(messageId) >= closedBeforeMs || kept.rows.has(messageId)
  const byRows = new Set(readingsOf([...rows.filter(isRow), ...orphanRows], periods).map(toldKey))
  return { decodings, known, readings, orphans, isDecided: (reading: Reading) => !byRows.has(toldKey(reading)) }
}

/** Whether a replay may decode a message that nobody has decoded yet: what it leaves needs the message's state beside it. */
export const mayDecode = (scope: Scope, message: Message): boolean => isWithin(scope, eventTimeMs(message))

interface Conflicting {
  readonly conflicts: readonly MeterEvent[]
  readonly held: ReadonlyMap<string, Reading>
}

/** The events to keep: of several messages that tell the same, the smallest id is named. */
const eventsOf = (
  kept: KeptDevice,
  horizonMs: number,
  { decodings, known }: ReturnType<typeof freshOf>,
  { conflicts, held }: Conflicting,
) => {
  const events = new Map<string, MeterEvent>()
  const tell = (event: MeterEvent) => {
    const first = events.get(eventKey(event))
    if (!first || (event.messageId ?? '') < (first.messageId ?? '')) events.set(eventKey(event), event)
  }
  conflicts.forEach(tell)
  for (const { events } of decodings) events.forEach(tell)
  for (const event of kept.events) {
    const holds = event.kind === 'index_conflict' && held.get(slotOf(event))?.index === event.value
    const isUnknown = event.messageId === null ? event.atMs < horizonMs && !holds : !known.has(event.messageId)
    if (isUnknown) tell(event)
  }
  return events
}

/** What days hold and messages still tell, whether or not rows tell it too: it may stay where it is. */
const stillTold = (decided: readonly Reading[], readings: readonly Reading[]): Reading[] => {
  const bySlot = Map.groupBy(readings, readingKey)
  return decided.filter((reading) => {
    const told = bySlot.get(readingKey(reading)) ?? []
    const { messageId, index, quality, receivedAtMs } = reading
    return (
      told.some((one) => one.messageId === messageId && one.index === index && one.quality === quality) &&
      told.some((one) => one.receivedAtMs === receivedAtMs)
    )
  })
}

/** Reading by reading, what stands and what shall stand. */
const readingsBetween = (
  standing: ReadonlyMap<string, Reading>,
  total: ReadonlyMap<string, Reading>,
  may: ReturnType<typeof scopeOf>,
  horizonMs: number,
) => {
  const added: Reading[] = []
  const changed: { was: Reading; now: Reading }[] = []
  for (const [key, fresh] of total) {
    if (!may.slot(key, fresh.readAtMs)) continue
    const was = standing.get(key)
    const now = earliest(was, fresh, horizonMs)
    if (!was) added.push(now)
    else if (!isSameReading(was, now)) changed.push({ was, now })
  }
  const gone = [...standing].flatMap(([key, r]) => (total.has(key) || !may.slot(key, r.readAtMs) ? [] : [r]))
  return { added, changed, gone }
}

/** The earliest of the messages that told a reading may have been removed since. */
const earliest = (was: Reading | undefined, now: Reading, horizonMs: number): Reading =>
  was && now.readAtMs < horizonMs ? { ...now, receivedAtMs: Math.min(was.receivedAtMs, now.receivedAtMs) } : now

const ofDevice = (ports: DecoderPorts, kept: KeptDevice, all: Kept, scope: Scope): Difference => {
  const { horizonMs, closedBeforeMs } = all
  const fresh = freshOf(ports, kept, all)
  const { decodings, readings, orphans, isDecided } = fresh
  const standing = byKey(standingOf(kept.indexes).readings, readingKey)
  const may = scopeOf(scope, kept.messages, [...standing.values(), ...readings])
  const everything = mergeAll([...orphans, ...readings])
  const total = byKey(everything.readings, readingKey)
  const between = readingsBetween(standing, total, may, horizonMs)
  const { added, changed, gone } = between
  const hasChanged = added.length + changed.length + gone.length > 0
  const isOfBefore = kept.indexes.ofBefore.length > 0

  const merged = mergeAll([...orphans, ...readings.filter(isDecided), ...stillTold(kept.indexes.decided, readings)])
  const before = byKey(kept.indexes.decided, readingKey)
  const after = new Map([...before].filter(([key, { readAtMs }]) => !may.slot(key, readAtMs)))
  for (const reading of merged.readings) {
    const key = readingKey(reading)
    if (may.slot(key, reading.readAtMs)) after.set(key, earliest(before.get(key), reading, horizonMs))
  }
  const mayTouchDays = !isOfBefore || hasChanged
  const days = mayTouchDays ? changedDays(before, after) : { daysBefore: [], daysAfter: [] }

  const needsRow = ({ message, told }: Decoding): boolean => {
    if (told === null || !may.message(message.id)) return false
    const row = kept.rows.get(message.id)
    if (row !== undefined) return row.receivedAtMs !== message.receivedAtMs || !isSamePacked(row.told, told)
    if (timeOfId(message.id) < closedBeforeMs) return false
    return kept.states.get(message.id) !== 'decoded' || (isOfBefore && hasChanged)
  }
  const keptConflicts = kept.events.filter(({ kind }) => kind === 'index_conflict')
  const real = new Set(everything.conflicts.map(eventKey))
  const staying = keptConflicts.filter((event) => after.has(slotOf(event)) && real.has(eventKey(event)))
  const conflicts = mayTouchDays ? [...merged.conflicts, ...staying] : keptConflicts
  const events = eventsOf(kept, horizonMs, fresh, { conflicts, held: total })
  const eventsBefore = byKey(kept.events, eventKey)
  const openBefore = byKey(kept.openRejects, ({ id }) => id)
  const rejects = decodings.flatMap(({ reject, recordRejects }) => (reject ? [reject] : recordRejects))
  const rejectIds = new Set(rejects.map(({ id }) => id))
  return {
    ...between,
    ...days,
    rows: decodings.filter(needsRow),
    rowsToDrop: decodings.flatMap(({ message, told }) =>
      told === null && kept.rows.has(message.id) && may.message(message.id) ? [message] : [],
    ),
    takenOver: isOfBefore && hasChanged ? [kept.deviceId] : [],
    eventsToWrite: [...events].flatMap(([key, event]) => {
      const was = eventsBefore.get(key)
      return (was && was.messageId === event.messageId) || !may.event(event) ? [] : [event]
    }),
    eventsToDrop: kept.events.filter((event) => {
      const now = events.get(eventKey(event))
      return (!now || now.messageId !== event.messageId) && may.event(event)
    }),
    rejects: rejects.filter(
      ({ id, messageId, reason }) => openBefore.get(id)?.reason !== reason && may.message(messageId),
    ),
    resolved: kept.openRejects.flatMap(({ id, messageId }) =>
      rejectIds.has(id) || !may.message(messageId) ? [] : [id],
    ),
    states: decodings.flatMap(({ message, reject }) => {
      const was = kept.states.get(message.id) ?? null
      const now = reject ? 'rejected' : 'decoded'
      return was === now || !may.message(message.id) ? [] : [{ message, was, now }]
    }),
  }
}

const nothing: Difference = {
  rows: [],
  rowsToDrop: [],
  daysBefore: [],
  daysAfter: [],
  takenOver: [],
  eventsToWrite: [],
  eventsToDrop: [],
  rejects: [],
  resolved: [],
  states: [],
  added: [],
  changed: [],
  gone: [],
}

/** The difference between what is kept and what the profiles and the registry of now make of the same messages. */
export const differenceOf = (ports: DecoderPorts, kept: Kept, scope: Scope): Difference => {
  const isOne = ({ messages }: KeptDevice) =>
    scope.profile === null || messages.some((message) => profileNameOf(ports, message) === scope.profile)
  const all = kept.devices.filter(isOne).map((device) => ofDevice(ports, device, kept, scope))
  const names = Object.keys(nothing) as (keyof Difference)[]
  return Object.fromEntries(
    names.map((name) => [name, all.flatMap((one) => one[name] as unknown[])]),
  ) as unknown as Difference
}

export const isEmpty = (difference: Difference): boolean => Object.values(difference).every((list) => list.length === 0)
