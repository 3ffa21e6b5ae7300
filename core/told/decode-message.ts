import type { DecodedFrame, DecodedIndex, DecodedRun, Profile } from '../devices/profile.ts'
import { type Digest, judgeTime, timeOfId, unclockedMs } from '../message/identity.ts'
import type { UplinkKind } from '../message/lane.ts'
import type { Message, Reject, StoredMessage } from '../message/message.ts'
import { pulseRejectRow } from '../message/reject-rows.ts'
import type { RejectReason } from '../message/rejects.ts'
import type { MeterEvent } from '../readings/events.ts'
import type { Decoding } from './decoding.ts'
import { packTold } from './pack.ts'
import { eventMs, type ToldIndex, type ToldInstant, type ToldRun } from './told.ts'

/** What decoding needs beside the message. */
export interface DecoderPorts {
  readonly digest: Digest
  readonly profiles: ReadonlyMap<string, Profile>
  /** The profile that follows from a datagram, where the registry says nothing. */
  readonly profileOfDatagram: (kind: UplinkKind, payload: Uint8Array) => string | null
  /** Profile of Sigfox devices that the registry does not know; null where there is none. */
  readonly defaultProfile: string | null
}

/** The name of the profile that a message is decoded with; null where nobody says. */
export const profileNameOf = (ports: DecoderPorts, { kind, payload, profile }: StoredMessage): string | null =>
  profile ?? ports.profileOfDatagram(kind, payload) ?? (kind === 'sigfox-data' ? ports.defaultProfile : null)

/** A profile and the frame that it made of a message, or why there is none. */
type Framed = { readonly profile: Profile; readonly frame: DecodedFrame } | RejectReason

const frameOf = (ports: DecoderPorts, message: StoredMessage): Framed => {
  const name = profileNameOf(ports, message)
  if (name === null) return 'unknown_device'
  const profile = ports.profiles.get(name)
  if (!profile) return 'unknown_profile'
  if (profile.uplinkKind !== message.kind) return 'wrong_profile'
  try {
    const frame = profile.decode(message.payload, { samplePeriodSeconds: message.samplePeriodSeconds })
    return typeof frame === 'string' ? frame : { profile, frame }
  } catch {
    // a decoder never throws; if one does after all, its message waits for a better one and stops nobody
    return 'decoder_error'
  }
}

/** The frame in a message, or why there is none. */
export const decodeFrame = (ports: DecoderPorts, message: StoredMessage): DecodedFrame | RejectReason => {
  const framed = frameOf(ports, message)
  return typeof framed === 'string' ? framed : framed.frame
}

/** What becomes of a message that cannot be decoded. */
export const undecoded = (digest: Digest, message: Message, reason: RejectReason): Decoding => ({
  message,
  told: null,
  events: [],
  reject: pulseRejectRow(digest, message, reason),
  recordRejects: [],
})

/** Milliseconds since 1970: where the message has no clock, when it was received. */
export const eventTimeMs = ({ id, receivedAtMs }: Message): number => eventMs({ messageId: id, receivedAtMs })

/**
 * Where an index stands, `ageSeconds` before the frame's own time, or the message's where the frame has none. A time of
 * its own is judged like a message's: one that is not set is the receipt. Null where it is out of range.
 */
const instantOf = (message: Message, isClocked: boolean, timeSeconds: number | null, ageSeconds: number) => {
  const { receivedAtMs } = message
  const judgement = timeSeconds === null ? null : judgeTime(timeSeconds * 1000, receivedAtMs)
  if (judgement === 'out_of_range') return null
  const isOwn = judgement === 'used' && timeSeconds !== null
  const isReceipt = timeSeconds === null ? !isClocked : !isOwn
  const baseMs = isOwn ? timeSeconds * 1000 : isReceipt ? receivedAtMs : eventTimeMs(message)
  if (judgeTime(baseMs - ageSeconds * 1000, receivedAtMs) !== 'used') return null
  const at: ToldInstant = isOwn
    ? { base: 'clock', seconds: timeSeconds - ageSeconds }
    : { base: isReceipt ? 'receipt' : 'message', seconds: ageSeconds }
  return at
}

/**
 * Decodes a message with what the registry says alone. What needs a neighbour (the period of samples that only a
 * configuration tells, parts of a history) is kept as it was told, and decided where readings are merged.
 */
export const decodeMessage = (ports: DecoderPorts, message: StoredMessage): Decoding => {
  const framed = frameOf(ports, message)
  if (typeof framed === 'string') return undecoded(ports.digest, message, framed)
  const { profile, frame } = framed
  const { deviceId, id: messageId } = message
  const isClocked = timeOfId(messageId) !== unclockedMs
  const recordRejects: Reject[] = []
  const refuse = (record: number) =>
    recordRejects.push(pulseRejectRow(ports.digest, message, 'time_out_of_range', record))
  const indexes: ToldIndex[] = []
  frame.indexes.forEach((decoded: DecodedIndex, i) => {
    const at = instantOf(message, isClocked, decoded.timeSeconds, decoded.ageSeconds)
    if (at === null) refuse(i + 1)
    else indexes.push({ channel: decoded.channel, index: decoded.index, quality: decoded.quality, at })
  })
  const runs = (frame.runs ?? []).flatMap((run) => runOf(message, isClocked, run, frame.indexes.length, refuse))
  const atMs = eventTimeMs(message)
  const events = frame.events.map((told): MeterEvent => ({ ...told, deviceId, atMs, messageId }))
  try {
    const told = packTold(profile, { indexes, runs, part: frame.history ?? null })
    return { message, told, events, reject: null, recordRejects }
  } catch {
    // an index that no row can hold
    return undecoded(ports.digest, message, 'row_refused')
  }
}

/** A run of samples, as far back as their times can be used. */
const runOf = (
  message: Message,
  isClocked: boolean,
  { channel, index, timeSeconds, periodSeconds, deltas }: DecodedRun,
  before: number,
  refuse: (record: number) => void,
): ToldRun[] => {
  const at = instantOf(message, isClocked, timeSeconds, 0)
  if (at === null) return []
  const isUsable = (k: number) =>
    periodSeconds === null || instantOf(message, isClocked, timeSeconds, (k + 1) * periodSeconds) !== null
  const usable = deltas.filter((_, k) => isUsable(k))
  deltas.forEach((_, k) => {
    if (!isUsable(k)) refuse(before + k + 1)
  })
  return [{ channel, index, at, periodSeconds, deltas: usable }]
}
