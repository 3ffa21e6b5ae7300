import type { Channel } from '../../readings/reading.ts'
import { u8, u16, u32 } from '../frame-reader.ts'
import type { DecodedIndex } from '../profile.ts'
import { eventsOf, type FrameDecoder, measured, type PulseFrame } from './frame.ts'

/** 0x5A (channel A) and 0x5B (channel B): the newest index, then what to take off it for each sample before. */
export const decodePeriodic =
  (channel: Channel): FrameDecoder =>
  (frame) => {
    const { bytes, end, status, timeSeconds } = frame
    if (end % 2 !== 0) return 'short_frame'
    const counterValues = [u32(bytes, 2)]
    for (let at = 6, index = u32(bytes, 2); at < end; at += 2) {
      // unsigned, modulo 2^32: a delta larger than the index means that the counter has wrapped since that sample
      index = (index - u16(bytes, at)) >>> 0
      counterValues.push(index)
    }
    const isUntimed = frame.samplePeriodSeconds === null && counterValues.length > 1 && !status.hardwareError
    return {
      fields: () => ({ frameCode: u8(bytes, 0), status, channel, counterValues, deviceTimeSeconds: timeSeconds }),
      indexes: indexesOf(frame, channel, counterValues),
      events: eventsOf(status),
      ...(isUntimed ? { isUntimed } : {}),
    }
  }

/**
 * The samples as readings: those before the newest only where their distance in time is known. Under v3 the bit of the
 * hardware error is v4's bit of the timestamp: of a device registered with the wrong version the last two "deltas" are
 * the halves of a time, so then too only the newest index, which both versions read alike, is a reading.
 */
const indexesOf = (frame: PulseFrame, channel: Channel, counterValues: readonly number[]): DecodedIndex[] => {
  const { status, timeSeconds, samplePeriodSeconds } = frame
  if (samplePeriodSeconds === null || status.hardwareError) {
    return [measured(channel, u32(frame.bytes, 2), timeSeconds)]
  }
  return counterValues.map((index, k) =>
    k === 0
      ? measured(channel, index, timeSeconds)
      : { channel, index, timeSeconds, ageSeconds: k * samplePeriodSeconds, quality: 'derived' },
  )
}
