import type { RemoteInfo } from 'node:dgram'
import type { RawItem } from '../core/message/uplink.ts'
import type { Arrival } from '../door/batcher.ts'

/** A datagram that was read. An acknowledgement would go to `origin`. */
export interface Datagram extends Arrival {
  readonly origin: RemoteInfo
}

// What a held datagram costs beside its bytes: its Buffer with ArrayBuffer and backing store, the item, the origin.
// Resident memory measured on Node 24 with 100,000 of them held.
const overheadBytes = 1400

/** A view keeps the whole buffer behind it alive. */
const memoryBytes = (item: RawItem): number =>
  overheadBytes + (item.kind === 'reject' ? item.bytes : item.payload).buffer.byteLength

export const datagramOf = (item: RawItem, origin: RemoteInfo): Datagram => ({
  item,
  memoryBytes: memoryBytes(item),
  origin,
})
