import type { Channel } from '../../message/channel.ts'
import { u8, u16 } from '../frame-reader.ts'
import type { DecodedEvent, DecodedFrame, DecodedIndex, Profile } from '../profile.ts'
import {
  type DraginoHeader,
  draginoAt,
  draginoDeviceId,
  draginoImsi,
  draginoModel,
  readDraginoHeader,
  recordTimeSeconds,
} from './envelope.ts'

/** A datagram of a known model with a whole main record. */
export interface DraginoDatagram extends DraginoHeader {
  readonly bytes: Uint8Array
  readonly historyAt: number
  /** The time of the main record by the device's clock, seconds since 1970. */
  readonly timeSeconds: number
}

/** A Dragino profile. All models share the header; `decodeRecords` reads the records of one. */
export const draginoProfile = (
  head: Pick<Profile, 'name' | 'code' | 'revision'>,
  model: number,
  decodeRecords: (datagram: DraginoDatagram) => DecodedFrame,
): Profile => ({
  ...head,
  uplinkKind: 'dragino-nb',
  recognises: (datagram) => draginoModel(datagram) === model,
  decode: (bytes) => {
    if (bytes.length === 0) return 'empty_frame'
    const header = readDraginoHeader(bytes)
    if (header === 'truncated_datagram') return 'short_frame'
    if (header === 'unknown_datagram' || header.model !== model || header.historyAt === null) return 'wrong_profile'
    const { historyAt } = header
    const timeSeconds = recordTimeSeconds(bytes, historyAt)
    const { fields, indexes, events } = decodeRecords({ ...header, bytes, historyAt, timeSeconds })
    return { fields: () => ({ ...headerFields(bytes, header), ...fields() }), indexes, events }
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

/** The whole records behind the main one, newest first. A record whose count and time are 0 is an empty slot. */
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

/** An index at the time that its record states. */
export const measuredAt = (channel: Channel, index: number, timeSeconds: number): DecodedIndex => ({
  channel,
  index,
  timeSeconds,
  ageSeconds: 0,
  quality: 'measured',
})

/** An event where the alarm field is not 0. */
export const alarmEvents = (alarm: number): DecodedEvent[] =>
  alarm === 0 ? [] : [{ kind: 'device_alarm', channel: '', value: alarm }]
