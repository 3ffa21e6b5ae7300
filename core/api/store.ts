import type { EventKind } from '../message/event-kind.ts'
import type { Lane, UplinkKind } from '../message/lane.ts'
import type { Quality } from '../readings/reading.ts'
import type { Registration } from '../registry/registration.ts'
import type { RejectFilter, Slice } from './parameters.ts'

export interface DeviceRow {
  readonly deviceId: string
  readonly registration: Registration | null
  /** The newest time of its readings, events and rejects. */
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
  /** The stored message that was rejected; null if none was stored. */
  readonly messageId: string | null
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

/** What `/v1` reads. Each list is in the order of its key, begins after `slice.after`, and has up to `slice.limit` rows. */
export interface ApiStore {
  readonly devices: (slice: Slice) => Promise<DeviceRow[]>
  /** The registration in force now, or else the next one. */
  readonly registration: (deviceId: string) => Promise<Registration | null>
  /** Whether the device has a reading, an event or a reject. */
  readonly seen: (deviceId: string) => Promise<boolean>
  readonly readingsOf: (deviceId: string, slice: Slice) => Promise<ReadingRow[]>
  readonly eventsOf: (deviceId: string, slice: Slice) => Promise<EventRow[]>
  /** The list ends early, after the row whose bytes bring the sum above `mostBytes`. */
  readonly rejects: (slice: Slice & RejectFilter & { readonly mostBytes: number }) => Promise<RejectRow[]>
  readonly messages: (slice: Slice) => Promise<MessageRow[]>
  readonly readings: (slice: Slice) => Promise<ReadingRow[]>
  readonly flow: () => Promise<FlowRow[]>
}
