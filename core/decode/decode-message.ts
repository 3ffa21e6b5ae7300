import type { DecodedFrame, DecodedIndex, Profile } from '../devices/profile.ts'
import { type Digest, judgeTime, timeOfId, unclockedMs } from '../message/identity.ts'
import type { UplinkKind } from '../message/lane.ts'
import type { Message, Reject, StoredMessage } from '../message/message.ts'
import { pulseRejectRow } from '../message/reject-rows.ts'
import type { RejectReason } from '../message/rejects.ts'
import type { MeterEvent } from '../readings/events.ts'
import type { Quality, Reading } from '../readings/reading.ts'
import type { Decoding } from './decoding.ts'

/** What decoding needs beside the message. */
export interface DecoderPorts {
  readonly digest: Digest
  readonly profiles: ReadonlyMap<string, Profile>
  /** The profile that follows from a datagram, where the registry says nothing. */
  readonly profileOfDatagram: (kind: UplinkKind, payload: Uint8Array) => string | null
  /** Profile of Sigfox devices that the registry does not know; null where there is none. */
  readonly defaultProfile: string | null
}

/** The instant a message speaks of, and whether a clock says so. */
export const eventTime = (message: Message): { atMs: number; clocked: boolean } => {
  const timeMs = timeOfId(message.id)
  return timeMs === unclockedMs ? { atMs: message.receivedAtMs, clocked: false } : { atMs: timeMs, clocked: true }
}

/**
 * When an index was read. A time of its own is judged like a message's; one that is not set is the receive time, as
 * is that of a message without a clock.
 */
const readTime = (
  message: Message,
  event: ReturnType<typeof eventTime>,
  decoded: DecodedIndex,
): { atMs: number; quality: Quality } | null => {
  const own = decoded.timeSeconds === null ? null : decoded.timeSeconds * 1000
  const judgement = own === null ? null : judgeTime(own, message.receivedAtMs)
  if (judgement === 'out_of_range') return null
  const clocked = own === null ? event.clocked : judgement === 'used'
  const base = own === null ? event.atMs : judgement === 'used' ? own : message.receivedAtMs
  const atMs = base - decoded.ageSeconds * 1000
  if (judgeTime(atMs, message.receivedAtMs) !== 'used') return null
  return { atMs, quality: clocked ? decoded.quality : 'clock_unset' }
}

/** The name of the profile that a message is decoded with; null where nobody says. */
export const profileNameOf = (ports: DecoderPorts, { kind, payload, profile }: StoredMessage): string | null =>
  profile ?? ports.profileOfDatagram(kind, payload) ?? (kind === 'sigfox-data' ? ports.defaultProfile : null)

/** A frame by the profile of its device, or why there is none. */
export const decodeFrame = (
  ports: DecoderPorts,
  message: StoredMessage,
  samplePeriodSeconds: number | null,
): DecodedFrame | RejectReason => {
  const name = profileNameOf(ports, message)
  if (name === null) return 'unknown_device'
  const profile = ports.profiles.get(name)
  if (!profile) return 'unknown_profile'
  if (profile.uplinkKind !== message.kind) return 'wrong_profile'
  try {
    return profile.decode(message.payload, { samplePeriodSeconds })
  } catch {
    // a decoder never throws; if one does after all, its message waits for a better one and stops nobody
    return 'decoder_error'
  }
}

/** What becomes of a message that cannot be decoded. */
export const undecoded = (digest: Digest, message: Message, reason: RejectReason): Decoding => ({
  message,
  readings: [],
  events: [],
  reject: pulseRejectRow(digest, message, reason),
  recordRejects: [],
})

/** When the newest index of a frame was read; where it has none, what its message speaks of. */
export const newestTimeMs = (message: Message, { indexes: [newest] }: DecodedFrame): number =>
  (newest && readTime(message, eventTime(message), newest)?.atMs) ?? eventTime(message).atMs

/**
 * All that follows from a frame.
 * @param indexes those it tells, and those of a history of which it is a part
 */
export const decodingOf = (
  ports: DecoderPorts,
  message: Message,
  frame: DecodedFrame,
  indexes: readonly DecodedIndex[],
): Decoding => {
  const { deviceId, receivedAtMs, id: messageId } = message
  const event = eventTime(message)
  const readings: Reading[] = []
  const recordRejects: Reject[] = []
  indexes.forEach((decoded, i) => {
    const time = readTime(message, event, decoded)
    if (!time) recordRejects.push(pulseRejectRow(ports.digest, message, 'time_out_of_range', i + 1))
    else {
      const { channel, index } = decoded
      readings.push({ deviceId, channel, readAtMs: time.atMs, index, quality: time.quality, receivedAtMs, messageId })
    }
  })
  const events = frame.events.map((told): MeterEvent => ({ ...told, deviceId, atMs: event.atMs, messageId }))
  return { message, readings, events, reject: null, recordRejects }
}
