import type { Channel } from '../../readings/reading.ts'
import { u8, u16 } from '../frame-reader.ts'
import type { DecodedEvent, DecodedFrame, DecodedIndex, Profile } from '../profile.ts'
import {
  type DraginoHeader,
  draginoAt,
  draginoDeviceId,
  draginoImsi,
  readDraginoHeader,
  recordEnd,
  recordTimeSeconds,
} from './envelope.ts'

/** A datagram of known model whose main record is whole. */
export interface DraginoDatagram {
  readonly bytes: Uint8Array
  /** With the IMSI of newer firmware; it decides the layout of some records. */
  readonly hasImsi: boolean
  readonly recordAt: number
  /** Where the records before the newest begin, newest first. */
  readonly historyAt: number
  /** By the device's clock, of the main record. */
  readonly timeSeconds: number
}

/** A Dragino profile: the header is the same for all, `decodeRecords` adds what the model's records say. */
export const draginoProfile = (
  name: string,
  model: number,
  decodeRecords: (datagram: DraginoDatagram) => DecodedFrame,
): Profile => ({
  name,
  uplinkKind: 'dragino-nb',
  decode: (payload) => {
    if (payload.length === 0) return 'empty_frame'
    const header = readDraginoHeader(payload)
    if (header === 'truncated_datagram') return 'short_frame'
    if (header === 'unknown_datagram' || header.model !== model) return 'wrong_profile'
    const historyAt = recordEnd(payload, header)
    if (historyAt === null || historyAt === 'truncated_datagram') return 'short_frame'
    const { fields, indexes, events } = decodeRecords({
      bytes: payload,
      hasImsi: draginoImsi(payload, header) !== null,
      recordAt: header.recordAt,
      historyAt,
      timeSeconds: recordTimeSeconds(payload, historyAt),
    })
    return { fields: () => ({ ...headerFields(payload, header), ...fields() }), indexes, events }
  },
})

const headerFields = (bytes: Uint8Array, header: DraginoHeader) => ({
  imei: draginoDeviceId(bytes),
  imsi: draginoImsi(bytes, header),
  model: header.model,
  firmwareHundredths: u8(bytes, header.versionAt + draginoAt.firmware),
  batteryMillivolts: u16(bytes, header.versionAt + draginoAt.battery),
  signal: u8(bytes, header.versionAt + draginoAt.signal),
})

/** The whole records behind the main one, newest first. One without count and time is an empty place, no record. */
export const historyOf = <T extends { readonly timeSeconds: number }>(
  { bytes, historyAt }: DraginoDatagram,
  recordBytes: number,
  read: (at: number) => T,
  countOf: (record: T) => number,
): T[] => {
  const records: T[] = []
  for (let at = historyAt; at + recordBytes <= bytes.length; at += recordBytes) {
    const record = read(at)
    if (countOf(record) > 0 || record.timeSeconds > 0) records.push(record)
  }
  return records
}

/** An index at a time that its own record states. */
export const measuredAt = (channel: Channel, index: number, timeSeconds: number): DecodedIndex => ({
  channel,
  index,
  timeSeconds,
  ageSeconds: 0,
  quality: 'measured',
})

/** What is left of an alarm field that is not 0. */
export const alarmEvents = (alarm: number): DecodedEvent[] =>
  alarm === 0 ? [] : [{ kind: 'device_alarm', channel: '', value: alarm }]
