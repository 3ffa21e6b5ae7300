import type { Lane, UplinkKind } from '../message/lane.ts'
import type { EventKind } from '../readings/events.ts'
import type { Quality } from '../readings/reading.ts'
import type { Registration } from '../registry/registration.ts'
import type { RejectFilter, Slice } from './parameters.ts'

export interface DeviceRow {
  readonly deviceId: string
  readonly registration: Registration | null
  /** The newest own time of its readings, events and rejects. */
  readonly lastSeenAtMs: number | null
}

export interface ReadingRow {
  readonly deviceId: string
  readonly channel: string
  readonly readAtMs: number
  readonly receivedAtMs: number
  readonly index: number
  readonly quality: Quality
}

export interface EventRow {
  readonly atMs: number
  readonly kind: EventKind
  readonly channel: string
  readonly value: number
}

export interface RejectRow {
  readonly id: string
  readonly atMs: number
  readonly lane: Lane
  readonly stage: string
  readonly reason: string
  readonly deviceId: string | null
  readonly bytesHex: string
  readonly resolvedAtMs: number | null
}

export interface MessageRow {
  readonly id: string
  readonly kind: UplinkKind
  readonly deviceId: string
  readonly seqNumber: number
  readonly receivedAtMs: number
  readonly payloadHex: string
  readonly state: 'pending' | 'decoded' | 'rejected'
}

/** The conservation counters of a lane. */
export interface FlowRow {
  readonly lane: Lane
  readonly received: number
  readonly stored: number
  readonly duplicates: number
  readonly rejected: number
  readonly pulseDecoded: number
  readonly pulseRejected: number
  readonly readings: number
}

/**
 * What `/v1` reads. Each list comes in the order of its key, begins behind `slice.after`, and holds up to
 * `slice.limit` rows; it may end earlier where the rows' bytes alone exceed `mostBodyBytes`.
 */
export interface ApiStore {
  readonly devices: (slice: Slice) => Promise<DeviceRow[]>
  /** The registration in force now, or the first to come. */
  readonly registration: (deviceId: string) => Promise<Registration | null>
  /** Whether a reading, an event or a reject tells of the device. */
  readonly seen: (deviceId: string) => Promise<boolean>
  readonly readingsOf: (deviceId: string, slice: Slice) => Promise<ReadingRow[]>
  readonly eventsOf: (deviceId: string, slice: Slice) => Promise<EventRow[]>
  readonly rejects: (slice: Slice & RejectFilter) => Promise<RejectRow[]>
  readonly messages: (slice: Slice) => Promise<MessageRow[]>
  readonly readings: (slice: Slice) => Promise<ReadingRow[]>
  readonly flow: () => Promise<FlowRow[]>
}
