import type { Channel } from '../../message/channel.ts'
import { u8, u16, u32 } from '../frame-reader.ts'
import { eventsOf, type FrameDecoder, measured, type PulseFrame } from './frame.ts'

/** 0x5A (channel A) and 0x5B (channel B): the newest index, then a delta to subtract for each earlier sample. */
export const decodePeriodic =
  (channel: Channel): FrameDecoder =>
  (frame) => {
    const { bytes, end, status, timeSeconds } = frame
    if (end % 2 !== 0) return 'short_frame'
    const index = u32(bytes, 2)
    const deltas: number[] = []
    for (let at = 6; at < end; at += 2) deltas.push(u16(bytes, at))
    return {
      fields: () => ({
        frameCode: u8(bytes, 0),
        status,
        channel,
        counterValues: counterValues(index, deltas),
        deviceTimeSeconds: timeSeconds,
      }),
      indexes: [measured(channel, index, timeSeconds)],
      events: eventsOf(status),
      ...runOf(frame, channel, index, deltas),
    }
  }

/** Unsigned, modulo 2^32: a delta larger than the index means that the counter has wrapped since that sample. */
const counterValues = (newest: number, deltas: readonly number[]): number[] => {
  let index = newest
  const before = deltas.map((delta) => {
    index = (index - delta) >>> 0
    return index
  })
  return [newest, ...before]
}

/**
 * The samples before the newest. Under v3 the bit of the hardware error is v4's bit of the timestamp: of a device that is
 * registered with the wrong version the last two "deltas" are the halves of a time, so then only the newest index, which
 * both versions read alike, is told.
 */
const runOf = (frame: PulseFrame, channel: Channel, index: number, deltas: readonly number[]) => {
  if (deltas.length === 0 || frame.status.hardwareError) return {}
  const { timeSeconds, samplePeriodSeconds: periodSeconds } = frame
  return { runs: [{ channel, index, timeSeconds, periodSeconds, deltas }] }
}
