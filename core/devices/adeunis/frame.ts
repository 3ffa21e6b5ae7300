import type { Channel } from '../../message/channel.ts'
import type { RejectReason } from '../../message/rejects.ts'
import type { DecodedEvent, DecodedFrame, DecodedIndex } from '../profile.ts'
import { timestampBit } from './device-time.ts'

export type PulseVersion = 1 | 2 | 3 | 4

/** The status byte. A flag for which a version has no bit is false. */
export interface FrameStatus {
  /** 0 to 7, then 0 again: too short to tell two messages apart. */
  readonly frameCounter: number
  readonly configurationInconsistent: boolean
  readonly hardwareError: boolean
  readonly timestampPresent: boolean
  readonly lowBattery: boolean
  readonly configurationDone: boolean
}

/** A frame of known code and sufficient length, as its code's decoder gets it. */
export interface PulseFrame {
  readonly bytes: Uint8Array
  /** Where its fields end: its length without the device's time. */
  readonly end: number
  readonly status: FrameStatus
  /** By the device's clock; null where the frame has no time. */
  readonly timeSeconds: number | null
  readonly samplePeriodSeconds: number | null
}

export type FrameDecoder = (frame: PulseFrame) => DecodedFrame | RejectReason

/** With v4, bit 2 changed its meaning from hardware error to timestamp; only the version can tell. */
export const readStatus = (version: PulseVersion, byte: number): FrameStatus => ({
  frameCounter: byte >> 5,
  configurationInconsistent: version >= 3 && (byte & 0x08) !== 0,
  hardwareError: version < 4 && (byte & 0x04) !== 0,
  timestampPresent: version === 4 && (byte & timestampBit) !== 0,
  lowBattery: (byte & 0x02) !== 0,
  configurationDone: (byte & 0x01) !== 0,
})

export const event = (kind: DecodedEvent['kind'], channel: Channel | '', value: number): DecodedEvent => ({
  kind,
  channel,
  value,
})

const lowBattery = event('low_battery', '', 0)
const hardwareError = event('hardware_error', '', 0)
const configurationInconsistent = event('configuration_inconsistent', '', 0)

/** A frame's own events, and those of its status byte. */
export const eventsOf = (status: FrameStatus, ...events: DecodedEvent[]): DecodedEvent[] => {
  if (status.lowBattery) events.push(lowBattery)
  if (status.hardwareError) events.push(hardwareError)
  if (status.configurationInconsistent) events.push(configurationInconsistent)
  return events
}

/** An index that the frame states for its own time. */
export const measured = (channel: Channel, index: number, timeSeconds: number | null): DecodedIndex => ({
  channel,
  index,
  timeSeconds,
  ageSeconds: 0,
  quality: 'measured',
})
