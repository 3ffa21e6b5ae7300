import { hexText, holdsDigits, u8, u32 } from '../profiles/frame-reader.ts'
import type { RawItem } from '../uplink.ts'
import { refusal } from './refusal.ts'

/** Bytes of the IMEI field and of the IMSI field: the nibble F, then fifteen digits. */
const idBytes = 8

/** Where the fields of the header begin, counted from its version; the model's own record follows at `record`. */
export const draginoAt = { model: 0, firmware: 1, battery: 2, signal: 4, record: 5 } as const

/** High byte of the version. */
export const sw3lNb = 10

/** Where the fields of an SW3L-NB's main record begin; its history follows at `history`. */
export const sw3lAt = { pa4: 0, pb15: 1, alarm: 2, mod: 3, kFactor: 4, totalPulses: 6, time: 10, history: 14 } as const

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

/**
 * The uplink in a datagram that `isDragino`, or its refusal. A model that is not known here is an uplink too, without
 * a time: it is stored, and what becomes of it is decided where it is decoded.
 */
export const readDragino = (datagram: Uint8Array, receivedAtMs: number): RawItem => {
  const header = readDraginoHeader(datagram)
  if (header === 'unknown_datagram') return refusal(header, datagram, receivedAtMs)
  const deviceId = datagram.length < idBytes ? null : draginoDeviceId(datagram)
  if (header === 'truncated_datagram' || deviceId === null || lacksItsRecord(datagram, header)) {
    return refusal('truncated_datagram', datagram, receivedAtMs, deviceId)
  }
  const timeSeconds = header.model === sw3lNb ? u32(datagram, header.recordAt + sw3lAt.time) : null
  return { kind: 'dragino-nb', deviceId, seqNumber: -1, timeSeconds, receivedAtMs, payload: datagram }
}

const lacksItsRecord = (datagram: Uint8Array, { model, recordAt }: DraginoHeader): boolean =>
  model === sw3lNb && datagram.length < recordAt + sw3lAt.history
