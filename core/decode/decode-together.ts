import type { DecodedFrame, DecodedIndex } from '../devices/profile.ts'
import type { MessageId } from '../message/identity.ts'
import type { StoredMessage } from '../message/message.ts'
import type { RejectReason } from '../message/rejects.ts'
import type { MeterEvent } from '../readings/events.ts'
import { type DecoderPorts, decodeFrame, decodingOf, eventTime, newestTimeMs, undecoded } from './decode-message.ts'
import type { Decoding } from './decoding.ts'
import { assembleHistories, type SentPart } from './histories.ts'

/** A message and its frame, decoded with what the registry says alone. */
export interface Frame {
  readonly message: StoredMessage
  readonly outcome: DecodedFrame | RejectReason
}

export const framesOf = (ports: DecoderPorts, messages: readonly StoredMessage[]): Frame[] =>
  messages.map((message) => ({ message, outcome: decodeFrame(ports, message, message.samplePeriodSeconds) }))

const isUntimed = ({ outcome }: Frame) => typeof outcome !== 'string' && outcome.isUntimed === true

/** Devices with histories that only their own configuration can tell the times of. */
export const untimedDevices = (frames: readonly Frame[]): string[] => [
  ...new Set(frames.filter(isUntimed).map(({ message }) => message.deviceId)),
]

/** A sample period that a device said it has. */
type ToldPeriod = Pick<MeterEvent, 'deviceId' | 'atMs' | 'kind' | 'value'>

const toldBy = ({ message, outcome }: Frame): ToldPeriod[] => {
  if (typeof outcome === 'string') return []
  const { deviceId } = message
  return outcome.events.map(({ kind, value }) => ({ deviceId, atMs: eventTime(message).atMs, kind, value }))
}

/** In the order in which they hold: each until the next, of two at one instant the longer. */
const periodsByDevice = (told: readonly ToldPeriod[]) => {
  const periods = told.filter(({ kind }) => kind === 'sample_period')
  return Map.groupBy(
    periods.sort((a, b) => a.atMs - b.atMs || a.value - b.value),
    ({ deviceId }) => deviceId,
  )
}

/** The frames again, those that only a configuration tells the times of with the one in force then. */
const timed = (ports: DecoderPorts, frames: readonly Frame[], told: readonly ToldPeriod[]): readonly Frame[] => {
  if (!frames.some(isUntimed)) return frames
  const periods = periodsByDevice([...told, ...frames.flatMap(toldBy)])
  return frames.map((frame) => {
    const { message, outcome } = frame
    if (typeof outcome === 'string' || !isUntimed(frame)) return frame
    const atMs = newestTimeMs(message, outcome)
    const period = periods.get(message.deviceId)?.findLast((one) => one.atMs <= atMs)
    return period === undefined ? frame : { message, outcome: decodeFrame(ports, message, period.value) }
  })
}

const partOf = ({ message, outcome }: Frame): SentPart[] =>
  typeof outcome === 'string' || outcome.history === undefined
    ? []
    : [{ ...outcome.history, messageId: message.id, atMs: eventTime(message).atMs }]

/** Which series of parts are put together: those of a device that an opening at this instant begins. */
export type IsWanted = (deviceId: string, openedMs: number) => boolean

const historiesOf = (frames: readonly Frame[], isWanted: IsWanted) => {
  const indexes = new Map<MessageId, readonly DecodedIndex[]>()
  const ambiguous: string[] = []
  const parts = frames.filter(({ outcome }) => typeof outcome !== 'string' && outcome.history !== undefined)
  for (const [deviceId, own] of Map.groupBy(parts, ({ message }) => message.deviceId)) {
    const assembled = assembleHistories(own.flatMap(partOf), (openedMs) => isWanted(deviceId, openedMs))
    for (const [messageId, told] of assembled.indexes) indexes.set(messageId, told)
    if (assembled.isAmbiguous) ambiguous.push(deviceId)
  }
  return { indexes, ambiguous }
}

/**
 * All that follows from some messages, seen together: a configuration tells the times of the histories after it, and
 * parts of a history add up. It depends on the set of them, the registry and the profiles, and on no order.
 * @param told sample periods that devices have told in other messages
 */
export const decodingsOf = (
  ports: DecoderPorts,
  frames: readonly Frame[],
  told: readonly ToldPeriod[],
  isWanted: IsWanted,
): { decodings: Decoding[]; ambiguous: readonly string[] } => {
  const { indexes, ambiguous } = historiesOf(frames, isWanted)
  const decodings = timed(ports, frames, told).map(({ message, outcome }) => {
    if (typeof outcome === 'string') return undecoded(ports.digest, message, outcome)
    const more = indexes.get(message.id)
    return decodingOf(ports, message, outcome, more ? [...outcome.indexes, ...more] : outcome.indexes)
  })
  return { decodings, ambiguous }
}
