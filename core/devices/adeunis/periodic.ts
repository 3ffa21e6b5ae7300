import type { Channel } from '../../readings/reading.ts'
import { u8, u16, u32 } from '../frame-reader.ts'
import type { DecodedIndex } from '../profile.ts'
import { eventsOf, type FrameDecoder, measured, type PulseFrame } from './frame.ts'

/** 0x5A (channel A) and 0x5B (channel B): the newest index, then a delta to subtract for each earlier sample. */
export const decodePeriodic =
  (channel: Channel): FrameDecoder =>
  (frame) => {
    const { bytes, end, status, timeSeconds } = frame
    if (end % 2 !== 0) return 'short_frame'
    const counterValues = [u32(bytes, 2)]
    for (let at = 6, index = u32(bytes, 2); at < end; at += 2) {
      // Unsigned, modulo 2^32: where a delta is larger than the index, the counter has wrapped since that sample.
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
 * The samples as indexes. Without a sample period, only the newest has a known time. With a hardware error, too, only
 * the newest is taken: that bit of v3 is the timestamp bit of v4, so if the device is registered with the wrong
 * version, the last two "deltas" are the halves of a time. Both versions read the newest index alike.
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
