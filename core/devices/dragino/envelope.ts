import { refusedAtDoor } from '../../message/rejects.ts'
import { type Envelope, uplinkOf } from '../envelope.ts'
import { hexText, holdsDigits, u8, u32 } from '../frame-reader.ts'

/** Bytes of the IMEI field and of the IMSI field: the nibble F, then fifteen digits. */
const idBytes = 8

/** Where the fields of the header stand, counted from its version. The main record follows at `record`. */
export const draginoAt = { model: 0, firmware: 1, battery: 2, signal: 4, record: 5 } as const

/** The models whose records are known: the high byte of the version. */
export const draginoModels = { cpl03Nb: 1, cpn01Nb: 7, sw3lNb: 10 } as const

/** What the datagrams of all models begin with, and where the main record ends. */
export interface DraginoHeader {
  readonly model: number
  /** Newer firmware puts the IMSI between IMEI and version. It decides the layout of some records. */
  readonly hasImsi: boolean
  readonly versionAt: number
  readonly recordAt: number
  /** Where the earlier records begin, newest first; null for a model whose records are not known. */
  readonly historyAt: number | null
}

const beginsWithF = (datagram: Uint8Array, at: number): boolean => u8(datagram, at) >> 4 === 0xf

/** Where the version stands. An IMSI before it begins with F too, which no known model number does. */
const versionAtOf = (datagram: Uint8Array): number => (beginsWithF(datagram, idBytes) ? 2 * idBytes : idBytes)

/** The digits of the IMEI field as sent. */
export const draginoDeviceId = (datagram: Uint8Array): string => hexText(datagram, 0, idBytes).slice(1)

/** The digits of the IMSI field as sent; null where the header has none. */
export const draginoImsi = (datagram: Uint8Array, { hasImsi, versionAt }: DraginoHeader): string | null =>
  hasImsi ? hexText(datagram, idBytes, versionAt).slice(1) : null

/** Whether the status of a CPL03-NB says that its record has three counters, in place of one and a duration. */
export const hasThreeCounters = (status: number): boolean => (status & 0x08) !== 0

/** How many bytes a model's main record has, the device's time at its end; null where its record is not known. */
const recordBytes = (model: number, status: number): number | null => {
  switch (model) {
    case draginoModels.sw3lNb:
    case draginoModels.cpn01Nb:
      return 14
    case draginoModels.cpl03Nb:
      return hasThreeCounters(status) ? 14 : 11
    default:
      return null
  }
}

/** The model that a datagram names, the rest of its header unread; null where the header is cut. */
export const draginoModel = (datagram: Uint8Array): number | null => {
  const versionAt = versionAtOf(datagram)
  return datagram.length < versionAt + draginoAt.record ? null : u8(datagram, versionAt + draginoAt.model)
}

/** A datagram's header. `truncated_datagram`: it or the main record is cut. `unknown_datagram`: it has no IMEI. */
export const readDraginoHeader = (datagram: Uint8Array): DraginoHeader | 'truncated_datagram' | 'unknown_datagram' => {
  if (!beginsWithF(datagram, 0)) return 'unknown_datagram'
  if (datagram.length < idBytes) return 'truncated_datagram'
  if ((u8(datagram, 0) & 0x0f) > 9 || !holdsDigits(datagram, 1, idBytes)) return 'unknown_datagram'
  const model = draginoModel(datagram)
  if (model === null) return 'truncated_datagram'
  const versionAt = versionAtOf(datagram)
  const recordAt = versionAt + draginoAt.record
  const bytes = recordBytes(model, u8(datagram, recordAt))
  const historyAt = bytes === null ? null : recordAt + bytes
  if (historyAt !== null && historyAt > datagram.length) return 'truncated_datagram'
  return { model, hasImsi: versionAt > idBytes, versionAt, recordAt, historyAt }
}

/** The device's time in a main record, seconds since 1970. */
export const recordTimeSeconds = (datagram: Uint8Array, historyAt: number): number => u32(datagram, historyAt - 4)

/**
 * A datagram of a model whose records are not known is an uplink too, without a time: it is stored, and a later profile
 * can decode it.
 */
export const draginoEnvelope: Envelope = {
  claims: (datagram) => beginsWithF(datagram, 0),
  read: (datagram, receivedAtMs) => {
    const header = readDraginoHeader(datagram)
    if (header === 'unknown_datagram') return refusedAtDoor('nbiot', header, datagram, receivedAtMs)
    if (header === 'truncated_datagram') {
      const deviceId = datagram.length < idBytes ? null : draginoDeviceId(datagram)
      return refusedAtDoor('nbiot', header, datagram, receivedAtMs, deviceId)
    }
    const { historyAt } = header
    const timeSeconds = historyAt === null ? null : recordTimeSeconds(datagram, historyAt)
    return uplinkOf('dragino-nb', datagram, receivedAtMs, { deviceId: draginoDeviceId(datagram), timeSeconds })
  },
}
