import { u8, u16 } from '../frame-reader.ts'
import { event, eventsOf, type FrameDecoder } from './frame.ts'

/** The thresholds of channel 0 (A) or 1 (B), in a block of four: overflow A, B, leak A, B. */
export const thresholdsAt = (bytes: Uint8Array, at: number, position: 0 | 1) => ({
  overflowThresholdPulsesPerHour: u16(bytes, at + 2 * position),
  leakThresholdPulsesPerHour: u16(bytes, at + 4 + 2 * position),
})

/** How many daily periods below the leak threshold do not raise an alarm yet. */
export const leakDaysAt = (bytes: Uint8Array, at: number, position: 0 | 1) => ({
  dailyPeriodsBelowWhichLeak: u16(bytes, at + 2 * position),
})

/** From v3 on: how a channel's tamper is detected. */
export const tamperAt = (bytes: Uint8Array, at: number, position: 0 | 1) => ({
  tamperSamplePeriodSeconds: u8(bytes, at + 2 * position) * 10,
  tamperThreshold: u8(bytes, at + 2 * position + 1),
})

/** 0x11. */
export const decodeThresholds: FrameDecoder = ({ bytes, status }) => ({
  fields: () => ({ frameCode: 0x11, status, A: thresholdsAt(bytes, 2, 0), B: thresholdsAt(bytes, 2, 1) }),
  indexes: [],
  events: eventsOf(status, event('configuration', '', 0x11)),
})

/** 0x12 of v1 and v2. */
export const decodeLeakDays: FrameDecoder = ({ bytes, status }) => ({
  fields: () => ({ frameCode: 0x12, status, A: leakDaysAt(bytes, 2, 0), B: leakDaysAt(bytes, 2, 1) }),
  indexes: [],
  events: eventsOf(status, event('configuration', '', 0x12)),
})

/** 0x12 from v3 on. Published frames end with the number of redundant samples. */
export const decodeLeakDaysAndTamper: FrameDecoder = ({ bytes, status }) => ({
  fields: () => ({
    frameCode: 0x12,
    status,
    A: { ...leakDaysAt(bytes, 2, 0), ...tamperAt(bytes, 6, 0) },
    B: { ...leakDaysAt(bytes, 2, 1), ...tamperAt(bytes, 6, 1) },
    redundantSamples: bytes.length > 10 ? u8(bytes, 10) : null,
  }),
  indexes: [],
  events: eventsOf(status, event('configuration', '', 0x12)),
})
