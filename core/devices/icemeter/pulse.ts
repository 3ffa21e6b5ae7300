import { u8, u16, u32 } from '../frame-reader.ts'
import type { Profile } from '../profile.ts'

const periodic = 0x01
/** M-Bus models only: the device could not read the meter's register, so the counter says nothing about it. */
const meterUnread = 0x02 | 0x04
const offsetsAt = [6, 8, 10]
const frameBytes = 12

/**
 * The BitID ICEmeter by Sigfox: an index and three offsets. Subtracted one after the other, they give the indexes at
 * 3/4, 1/2 and 1/4 of the transmission period. So the sample period is a quarter of it: 3600 seconds for 4 hours.
 */
export const icemeterPulse: Profile = {
  name: 'icemeter-pulse@1',
  code: 7,
  revision: 1,
  uplinkKind: 'sigfox-data',
  decode: (payload, { samplePeriodSeconds }) => {
    if (payload.length === 0) return 'empty_frame'
    const flags = u8(payload, 0)
    // The layout of other frames is not published.
    if ((flags & periodic) === 0) return 'unknown_frame'
    if (payload.length < frameBytes) return 'short_frame'
    const counter = u32(payload, 2)
    const offsets = offsetsAt.map((at) => u16(payload, at))
    const isRead = (flags & meterUnread) === 0
    return {
      fields: () => ({
        flags,
        periodic: true,
        battery: u8(payload, 1),
        counter,
        offsets,
        history: before(counter, offsets),
      }),
      indexes: isRead ? [{ channel: 'A', index: counter, timeSeconds: null, ageSeconds: 0, quality: 'measured' }] : [],
      events: flags === periodic ? [] : [{ kind: 'device_alarm', channel: '', value: flags }],
      // no frame of an ICEmeter tells its period: without a registration the offsets say nothing
      ...(isRead && samplePeriodSeconds !== null
        ? {
            runs: [
              { channel: 'A', index: counter, timeSeconds: null, periodSeconds: samplePeriodSeconds, deltas: offsets },
            ],
          }
        : {}),
    }
  },
}

/** The indexes before the newest, newest first. Modulo 2^32. */
const before = (newest: number, offsets: readonly number[]): number[] => {
  let index = newest
  return offsets.map((offset) => {
    index = (index - offset) >>> 0
    return index
  })
}
