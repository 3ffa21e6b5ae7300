import type { RemoteInfo } from 'node:dgram'
import type { RawItem } from '../core/message/uplink.ts'
import type { Arrival } from '../door/batcher.ts'

/** A datagram that was read. `origin` is whom an acknowledgement would go to. */
export interface Datagram extends Arrival {
  readonly origin: RemoteInfo
}

// What a held datagram costs beside its bytes: resident memory measured on Node 24 with 100,000 of them held
// (Buffer, its ArrayBuffer and backing store, the item, the origin).
const overheadBytes = 1400

/** A view keeps alive the whole buffer that it looks at. */
const memoryBytes = (item: RawItem): number =>
  overheadBytes + (item.kind === 'reject' ? item.bytes : item.payload).buffer.byteLength

export const datagramOf = (item: RawItem, origin: RemoteInfo): Datagram => ({
  item,
  memoryBytes: memoryBytes(item),
  origin,
})
