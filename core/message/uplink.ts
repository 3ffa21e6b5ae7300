import type { UplinkKind } from './lane.ts'
import type { RejectRecord } from './rejects.ts'

/** What a device sent, as the door accepted it: its envelope is read, its payload is not decoded. */
export interface Uplink {
  readonly kind: UplinkKind
  /** Sigfox: upper-case hex without leading zeros. NB-IoT: the digits of the IMEI field as sent. */
  readonly deviceId: string
  /** Sigfox: 0 to 4095, or -1 if the callback has none. NB-IoT: always -1, the datagram holds its own counter. */
  readonly seqNumber: number
  /** Seconds since 1970 as the network (Sigfox) or the device (NB-IoT) says; null if neither does. */
  readonly timeSeconds: number | null
  /** When the door received it, in milliseconds since 1970. */
  readonly receivedAtMs: number
  /** Sigfox: the 0 to 12 bytes of the frame. NB-IoT: the whole datagram. */
  readonly payload: Uint8Array
}

/** What was posted to the HTTP door. */
export interface CallbackBody {
  readonly contentType: string
  readonly bytes: Uint8Array
  readonly receivedAtMs: number
}

/** What travels on a raw topic. */
export type RawItem = Uplink | RejectRecord
