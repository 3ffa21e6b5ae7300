import type { RemoteInfo } from 'node:dgram'
import { readDatagram } from '../core/devices/datagram.ts'
import { countReject, type Tally } from '../door/tally.ts'
import { type Datagram, datagramOf } from './arrival.ts'

/**
 * Takes in one datagram. Each path out of it counts exactly once: held (the bus's answer will count it), refused and
 * only counted, or shed. A reject record is a courtesy: it never pushes out an uplink, and past its rate or without
 * room it is only counted.
 * @param hold false when there is no room
 * @param mayRecord whether one more reject record may be written at this time
 */
export const createAdmission =
  (parts: { tally: Tally; hold: (datagram: Datagram) => boolean; mayRecord: (nowMs: number) => boolean }) =>
  (bytes: Uint8Array, origin: RemoteInfo): void => {
    const { tally, hold, mayRecord } = parts
    tally.received++
    // per datagram, not per turn: 30 ns of 3,000, and the receive time is part of what is stored
    const item = readDatagram(bytes, Date.now())
    if (item.kind !== 'reject') {
      if (!hold(datagramOf(item, origin))) tally.shed++
    } else if (!mayRecord(item.atMs) || !hold(datagramOf(item, origin))) {
      countReject(tally.counted, item.reason)
    }
  }
