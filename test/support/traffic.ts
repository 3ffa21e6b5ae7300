import { readDatagram } from '../../core/devices/datagram.ts'
import type { RawItem, Uplink } from '../../core/message/uplink.ts'

export { seeded } from './random.ts'

/** A Sigfox uplink with an Adeunis 0x46 frame: the indexes of two channels. */
export const sigfoxUplink = (
  device: number,
  timeSeconds: number,
  index: number,
  more: Partial<Uplink> = {},
): Uplink => {
  const payload = Buffer.alloc(10)
  payload[0] = 0x46
  payload.writeUInt32BE(index, 2)
  payload.writeUInt32BE(index * 2, 6)
  return {
    kind: 'sigfox-data',
    deviceId: (0xc00000 + device).toString(16).toUpperCase(),
    seqNumber: Math.floor(timeSeconds / 3600) % 4096,
    timeSeconds,
    receivedAtMs: timeSeconds * 1000 + 2_000,
    payload,
    ...more,
  }
}

/** A Dragino SW3L-NB datagram: IMEI, time, total, and the history records before it. */
export const draginoDatagram = (
  device: number,
  timeSeconds: number,
  pulses: number,
  history: [number, number][] = [],
) => {
  const head = Buffer.from('f868411050000000f4602401020304050a640cf11d0100000001c2', 'hex')
  Buffer.from(`f86841105${String(device).padStart(7, '0')}`, 'hex').copy(head)
  const body = Buffer.alloc(8 + 8 * history.length)
  for (const [i, [total, time]] of [[pulses, timeSeconds] as [number, number], ...history].entries()) {
    body.writeUInt32BE(total, 8 * i)
    body.writeUInt32BE(time, 8 * i + 4)
  }
  return Buffer.concat([head, body])
}

/** The same as the gateway would take it in. */
export const nbiotItem = (datagram: Uint8Array, receivedAtMs: number): RawItem => readDatagram(datagram, receivedAtMs)
