import type { RejectRecord } from './rejects.ts'

/** One radio network and its path through the system: edge, raw topic, raw worker, pulse topic, pulse worker. */
export const lanes = ['sigfox', 'nbiot'] as const
export type Lane = (typeof lanes)[number]

/**
 * The envelope an uplink came in: how its identity and its time are read. What its payload means is the profile's
 * business. The order is that of the code written into packs: only ever append.
 */
export const uplinkKinds = ['sigfox-data', 'adeunis-nbiot', 'dragino-nb', 'elko-nb'] as const
export type UplinkKind = (typeof uplinkKinds)[number]

export const laneOf = (kind: UplinkKind): Lane => (kind === 'sigfox-data' ? 'sigfox' : 'nbiot')

/** What a device sent, as the door accepted it: its envelope is read, its payload is not decoded. */
export interface Uplink {
  readonly kind: UplinkKind
  /** Sigfox: upper-case hex without leading zeros. NB-IoT: the digits of the IMEI field as sent. */
  readonly deviceId: string
  /** Sigfox: 0..4095, or -1 where the callback has none. NB-IoT: always -1, the datagram holds its own counter. */
  readonly seqNumber: number
  /** Seconds since 1970 as the network (Sigfox) or the device (NB-IoT) says; null where nobody says. */
  readonly timeSeconds: number | null
  /** When the door received it, milliseconds since 1970. */
  readonly receivedAtMs: number
  /** Sigfox: the 0 to 12 bytes of the frame. NB-IoT: the whole datagram. */
  readonly payload: Uint8Array
}

/** What travels on a raw topic. */
export type RawItem = Uplink | RejectRecord
