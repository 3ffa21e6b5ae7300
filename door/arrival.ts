import type { RawItem } from '../core/message/uplink.ts'

/** A message that a door has read and that is on its way to the bus. */
export interface Arrival {
  readonly item: RawItem
  /** What it takes of memory while it is held. */
  readonly memoryBytes: number
}

// A pack adds about this much to a message: kind, length, device, times.
const envelopeBytes = 32

/** Bytes that an item takes on the bus, near enough to size a publish by. */
export const wireBytes = (item: RawItem): number =>
  envelopeBytes + (item.kind === 'reject' ? item.bytes : item.payload).length

/** When the door received it, milliseconds since 1970. */
export const arrivedAtMs = (item: RawItem): number => (item.kind === 'reject' ? item.atMs : item.receivedAtMs)
