import { type DecoderPorts, profileNameOf } from '../decode/decode-message.ts'
import { decodingsOf, type Frame, framesOf } from '../decode/decode-together.ts'
import { longestSeriesSeconds } from '../devices/profile.ts'
import { type MessageId, timeOfId, unclockedMs } from '../message/identity.ts'
import type { Message, Reject, StoredMessage } from '../message/message.ts'
import type { RejectReason } from '../message/rejects.ts'
import { eventKey, type MeterEvent } from '../readings/events.ts'
import { mergeAll } from '../readings/merge.ts'
import { type Reading, readingKey } from '../readings/reading.ts'

export type MessageState = 'decoded' | 'rejected'

/** All that is kept of some devices. */
export interface Kept {
  readonly messages: readonly StoredMessage[]
  /** No state: not decoded yet. */
  readonly states: ReadonlyMap<MessageId, MessageState>
  readonly readings: readonly Reading[]
  readonly events: readonly MeterEvent[]
  /** Rejects of the pulse stage that nothing has resolved. */
  readonly openRejects: readonly { readonly id: string; readonly messageId: MessageId; readonly reason: RejectReason }[]
  /** Raw messages of before were removed; what they left can be neither confirmed nor doubted. */
  readonly horizonMs: number
}

/** Which of the devices' messages are replayed. */
export interface Scope {
  /** Event times, milliseconds since 1970: inclusive and exclusive. */
  readonly fromMs: number | null
  readonly toMs: number | null
  /** Only devices of which a message is decoded with it. */
  readonly profile: string | null
}

/** What must change so that all is as if every message were decoded now for the first time. */
export interface Difference {
  readonly added: readonly Reading[]
  /** A reading in the place of another at the same device, channel and instant. */
  readonly changed: readonly { readonly was: Reading; readonly now: Reading }[]
  readonly gone: readonly Reading[]
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
}

const sameReading = (a: Reading, b: Reading) =>
  a.index === b.index && a.quality === b.quality && a.receivedAtMs === b.receivedAtMs && a.messageId === b.messageId

/** The same device, channel and instant: a reading and the indexes that lost to it. */
const slotOf = (event: MeterEvent) => readingKey({ ...event, readAtMs: event.atMs })

const eventTimeMs = ({ id, receivedAtMs }: Message) => (timeOfId(id) === unclockedMs ? receivedAtMs : timeOfId(id))

/** A part of a history whose first part may have been removed: what it adds up to can be neither confirmed nor doubted. */
const mayLackItsOpening = (horizonMs: number, { message, outcome }: Frame) =>
  typeof outcome !== 'string' &&
  outcome.history !== undefined &&
  eventTimeMs(message) < horizonMs + longestSeriesSeconds * 1000

const byKey = <T>(rows: readonly T[], keyOf: (row: T) => string) => new Map(rows.map((row) => [keyOf(row), row]))

/**
 * What a decoding of all kept messages leaves. Rows of messages that are not kept any more take part as they are, since
 * nobody can tell better.
 */
const freshOf = (ports: DecoderPorts, kept: Kept) => {
  const frames = framesOf(ports, kept.messages)
  const known = new Set(kept.messages.map(({ id }) => id))
  const told = kept.events.filter(({ messageId }) => messageId !== null && !known.has(messageId))
  const { decodings } = decodingsOf(ports, frames, told, () => true)
  const doubtful = frames.filter((frame) => mayLackItsOpening(kept.horizonMs, frame)).map(({ message }) => message.id)
  const isDoubtful = new Set(doubtful)
  const orphans = kept.readings.filter(({ messageId }) => !known.has(messageId) || isDoubtful.has(messageId))
  const merged = mergeAll([...orphans, ...decodings.flatMap((decoding) => decoding.readings)])
  const readings = byKey(merged.readings, readingKey)
  const events = new Map<string, MeterEvent>()
  const tell = (event: MeterEvent) => {
    const first = events.get(eventKey(event))
    if (!first || (event.messageId ?? '') < (first.messageId ?? '')) events.set(eventKey(event), event)
  }
  for (const event of merged.conflicts) tell(event)
  for (const { events } of decodings) events.forEach(tell)
  for (const event of kept.events) {
    const held = event.kind === 'index_conflict' && readings.get(slotOf(event))?.index === event.value
    const unknown = event.messageId === null ? event.atMs < kept.horizonMs && !held : !known.has(event.messageId)
    if (unknown) tell(event)
  }
  const rejects = decodings.flatMap(({ reject, recordRejects }) => (reject ? [reject] : recordRejects))
  return { decodings, readings, events, rejects }
}

const isWithin = ({ fromMs, toMs }: Scope, ms: number) => ms >= (fromMs ?? -Infinity) && ms < (toMs ?? Infinity)

/** Whether a replay may decode a message that nobody has decoded yet: what it leaves needs the message's state beside it. */
export const mayDecode = (scope: Scope, message: Message): boolean => isWithin(scope, eventTimeMs(message))

/** Which messages, readings and events a replay may touch. */
const scopeOf = (scope: Scope, kept: Kept, fresh: ReturnType<typeof freshOf>) => {
  if (scope.fromMs === null && scope.toMs === null) return { message: () => true, slot: () => true, event: () => true }
  const within = (ms: number) => isWithin(scope, ms)
  const messages = new Set(kept.messages.filter((message) => within(eventTimeMs(message))).map(({ id }) => id))
  const told = [...kept.readings, ...fresh.decodings.flatMap(({ readings }) => readings)]
  const slots = new Set(told.filter(({ messageId }) => messages.has(messageId)).map(readingKey))
  const slot = (key: string, atMs: number) => within(atMs) || slots.has(key)
  return {
    message: (id: MessageId | null) => id !== null && messages.has(id),
    slot,
    event: (event: MeterEvent) =>
      event.messageId === null ? slot(slotOf(event), event.atMs) : within(event.atMs) || messages.has(event.messageId),
  }
}

/** What is kept of the devices of which a message is decoded with the profile. */
const ofProfile = (ports: DecoderPorts, kept: Kept, profile: string): Kept => {
  const users = kept.messages.filter((message) => profileNameOf(ports, message) === profile)
  const devices = new Set(users.map(({ deviceId }) => deviceId))
  const isOne = ({ deviceId }: { readonly deviceId: string }) => devices.has(deviceId)
  const messages = kept.messages.filter(isOne)
  const ids = new Set(messages.map(({ id }) => id))
  return {
    ...kept,
    messages,
    readings: kept.readings.filter(isOne),
    events: kept.events.filter(isOne),
    openRejects: kept.openRejects.filter(({ messageId }) => ids.has(messageId)),
  }
}

/** The difference between what is kept and what the profiles and the registry of now make of the same messages. */
export const differenceOf = (ports: DecoderPorts, all: Kept, scope: Scope): Difference => {
  const kept = scope.profile === null ? all : ofProfile(ports, all, scope.profile)
  const fresh = freshOf(ports, kept)
  const may = scopeOf(scope, kept, fresh)
  const before = byKey(kept.readings, readingKey)
  const eventsBefore = byKey(kept.events, eventKey)
  const openBefore = byKey(kept.openRejects, ({ id }) => id)

  const added: Reading[] = []
  const changed: { was: Reading; now: Reading }[] = []
  for (const [key, reading] of fresh.readings) {
    if (!may.slot(key, reading.readAtMs)) continue
    const was = before.get(key)
    // the earliest of those who told it may have been a message that was removed since
    const receivedAtMs =
      was && reading.readAtMs < kept.horizonMs ? Math.min(was.receivedAtMs, reading.receivedAtMs) : reading.receivedAtMs
    const now = { ...reading, receivedAtMs }
    if (!was) added.push(now)
    else if (!sameReading(was, now)) changed.push({ was, now })
  }
  const rejectIds = new Set(fresh.rejects.map(({ id }) => id))
  return {
    added,
    changed,
    gone: kept.readings.filter((r) => !fresh.readings.has(readingKey(r)) && may.slot(readingKey(r), r.readAtMs)),
    eventsToWrite: [...fresh.events].flatMap(([key, event]) => {
      const was = eventsBefore.get(key)
      return (was && was.messageId === event.messageId) || !may.event(event) ? [] : [event]
    }),
    eventsToDrop: kept.events.filter((event) => {
      const now = fresh.events.get(eventKey(event))
      return (!now || now.messageId !== event.messageId) && may.event(event)
    }),
    rejects: fresh.rejects.filter(
      ({ id, messageId, reason }) => openBefore.get(id)?.reason !== reason && may.message(messageId),
    ),
    resolved: kept.openRejects
      .filter(({ id, messageId }) => !rejectIds.has(id) && may.message(messageId))
      .map(({ id }) => id),
    states: fresh.decodings.flatMap(({ message, reject }) => {
      const was = kept.states.get(message.id) ?? null
      const now = reject ? 'rejected' : 'decoded'
      return was === now || !may.message(message.id) ? [] : [{ message, was, now }]
    }),
  }
}

/** Whether it changes by which sample periods others decode. */
export const changesPeriods = ({ eventsToWrite, eventsToDrop }: Difference): boolean =>
  [...eventsToWrite, ...eventsToDrop].some(({ kind }) => kind === 'sample_period')

export const isEmpty = (difference: Difference): boolean => Object.values(difference).every((list) => list.length === 0)

/** Readings and the indexes that lost to them, of devices, channels and instants that `difference` speaks of. */
export const slotsOf = ({ added, changed, gone, eventsToWrite, eventsToDrop }: Difference): Map<string, Slot> => {
  const readings = [...added, ...gone, ...changed.map(({ now }) => now)]
  const conflicts = [...eventsToWrite, ...eventsToDrop].filter(({ messageId }) => messageId === null)
  return new Map([
    ...readings.map((r): [string, Slot] => [readingKey(r), r]),
    ...conflicts.map((e): [string, Slot] => [slotOf(e), { ...e, readAtMs: e.atMs }]),
  ])
}

interface Slot {
  readonly deviceId: string
  readonly channel: string
  readonly readAtMs: number
}

/**
 * Of a difference found under locks only what those locks cover: they were taken for an earlier one, and what came
 * between is left for the next look. What is only added needs no lock: it is merged like any message's.
 */
export const covered = (difference: Difference, locked: Difference): Difference => {
  const slots = slotsOf(locked)
  const events = new Set([...locked.eventsToDrop, ...locked.eventsToWrite].map(eventKey))
  const isCovered = (event: MeterEvent) =>
    events.has(eventKey(event)) || (event.messageId === null && slots.has(slotOf(event)))
  return {
    ...difference,
    changed: difference.changed.filter(({ now }) => slots.has(readingKey(now))),
    gone: difference.gone.filter((reading) => slots.has(readingKey(reading))),
    eventsToWrite: difference.eventsToWrite.filter(isCovered),
    eventsToDrop: difference.eventsToDrop.filter(isCovered),
  }
}
