import type { RawItem } from '../../message/uplink.ts'
import { hexText, holdsDigits, u8, u32 } from '../frame-reader.ts'
import { refusal } from '../refusal.ts'

/** Bytes of the IMEI field and of the IMSI field: the nibble F, then fifteen digits. */
const idBytes = 8

/** Where the fields of the header begin, counted from its version; the model's own record follows at `record`. */
export const draginoAt = { model: 0, firmware: 1, battery: 2, signal: 4, record: 5 } as const

/** The models whose record is known: the high byte of the version. */
export const draginoModels = { cpl03Nb: 1, cpn01Nb: 7, sw3lNb: 10 } as const

/** What every model's datagram begins with. */
export interface DraginoHeader {
  readonly model: number
  readonly versionAt: number
  readonly recordAt: number
}

const beginsWithF = (datagram: Uint8Array, at: number): boolean => u8(datagram, at) >> 4 === 0xf

/** Whether `datagram` begins as Dragino's do. */
export const isDragino = (datagram: Uint8Array): boolean => beginsWithF(datagram, 0)

/** The digits of the IMEI field as sent. */
export const draginoDeviceId = (datagram: Uint8Array): string => hexText(datagram, 0, idBytes).slice(1)

/** The IMSI field as sent, null where `header` is that of older firmware without one. */
export const draginoImsi = (datagram: Uint8Array, header: DraginoHeader): string | null =>
  header.versionAt === idBytes ? null : hexText(datagram, idBytes, header.versionAt).slice(1)

/** The header of a Dragino datagram, or why it has none. */
export const readDraginoHeader = (datagram: Uint8Array): DraginoHeader | 'truncated_datagram' | 'unknown_datagram' => {
  if (!isDragino(datagram)) return 'unknown_datagram'
  if (datagram.length < idBytes) return 'truncated_datagram'
  if ((u8(datagram, 0) & 0x0f) > 9 || !holdsDigits(datagram, 1, idBytes)) return 'unknown_datagram'
  // newer firmware puts the IMSI here; it begins with F as well, which no known model number does
  const versionAt = beginsWithF(datagram, idBytes) ? 2 * idBytes : idBytes
  const recordAt = versionAt + draginoAt.record
  if (datagram.length < recordAt) return 'truncated_datagram'
  return { model: u8(datagram, versionAt + draginoAt.model), versionAt, recordAt }
}

/** Whether the status of a CPL03-NB says that its record has three counters in place of one and a duration. */
export const hasThreeCounters = (status: number): boolean => (status & 0x08) !== 0

const timeBytes = 4

/** How many bytes the main record of a model has, the device's time at its end; null of a model not known here. */
const recordBytes = (datagram: Uint8Array, { model, recordAt }: DraginoHeader): number | null => {
  switch (model) {
    case draginoModels.sw3lNb:
    case draginoModels.cpn01Nb:
      return 14
    case draginoModels.cpl03Nb:
      return hasThreeCounters(u8(datagram, recordAt)) ? 14 : 11
    default:
      return null
  }
}

/** Where the main record ends and its history begins; null of a model not known here. */
export const recordEnd = (datagram: Uint8Array, header: DraginoHeader): number | null | 'truncated_datagram' => {
  const bytes = recordBytes(datagram, header)
  if (bytes === null) return null
  const end = header.recordAt + bytes
  return end <= datagram.length ? end : 'truncated_datagram'
}

/** The device's time in a main record that ends at `end`, in seconds since 1970. */
export const recordTimeSeconds = (datagram: Uint8Array, end: number): number => u32(datagram, end - timeBytes)

/**
 * The uplink in a datagram that `isDragino`, or its refusal. A model that is not known here is an uplink too, without
 * a time: it is stored, and what becomes of it is decided where it is decoded.
 */
export const readDragino = (datagram: Uint8Array, receivedAtMs: number): RawItem => {
  const header = readDraginoHeader(datagram)
  if (header === 'unknown_datagram') return refusal(header, datagram, receivedAtMs)
  const deviceId = datagram.length < idBytes ? null : draginoDeviceId(datagram)
  const end = header === 'truncated_datagram' ? header : recordEnd(datagram, header)
  if (end === 'truncated_datagram' || deviceId === null) {
    return refusal('truncated_datagram', datagram, receivedAtMs, deviceId)
  }
  const timeSeconds = end === null ? null : recordTimeSeconds(datagram, end)
  return { kind: 'dragino-nb', deviceId, seqNumber: -1, timeSeconds, receivedAtMs, payload: datagram }
}
