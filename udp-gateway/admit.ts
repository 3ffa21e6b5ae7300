import type { RemoteInfo } from 'node:dgram'
import { readDatagram } from '../core/devices/datagram.ts'
import { countReject, type Tally } from '../door/tally.ts'
import { type Datagram, datagramOf } from './arrival.ts'

/**
 * Takes in one datagram. Every path counts it exactly once: held (it counts when the bus has confirmed it), refused and
 * only counted, or shed. A reject record never takes the room of an uplink: above its rate, or without room, the refusal
 * is only counted.
 * @param hold false when there is no room
 * @param mayRecord whether one more reject record may be written at this time
 */
export const createAdmission =
  (parts: { tally: Tally; hold: (datagram: Datagram) => boolean; mayRecord: (nowMs: number) => boolean }) =>
  (bytes: Uint8Array, origin: RemoteInfo): void => {
    const { tally, hold, mayRecord } = parts
    tally.received++
    // read per datagram, not per turn of the loop: it takes 30 ns of 3,000, and the receive time is stored
    const item = readDatagram(bytes, Date.now())
    if (item.kind !== 'reject') {
      if (!hold(datagramOf(item, origin))) tally.shed++
    } else if (!mayRecord(item.atMs) || !hold(datagramOf(item, origin))) {
      countReject(tally.counted, item.reason)
    }
  }
