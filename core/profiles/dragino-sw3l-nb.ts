import {
  type DraginoHeader,
  draginoAt,
  draginoDeviceId,
  draginoImsi,
  readDraginoHeader,
  sw3lAt,
  sw3lNb,
} from '../nbiot/dragino.ts'
import type { DecodedFrame, DecodedIndex, Profile } from '../profile.ts'
import { u8, u16, u32 } from './frame-reader.ts'

const recordBytes = 8

/** The Dragino SW3L-NB water flow sensor: one counter, and the records before the newest with their own times. */
export const draginoSw3lNb: Profile = {
  name: 'dragino-sw3l-nb',
  uplinkKind: 'dragino-nb',
  decode: (payload) => {
    if (payload.length === 0) return 'empty_frame'
    const header = readDraginoHeader(payload)
    if (header === 'truncated_datagram') return 'short_frame'
    if (header === 'unknown_datagram' || header.model !== sw3lNb) return 'wrong_profile'
    if (payload.length < header.recordAt + sw3lAt.history) return 'short_frame'
    return decodeRecords(payload, header)
  },
}

const decodeRecords = (payload: Uint8Array, header: DraginoHeader): DecodedFrame => {
  const { versionAt, recordAt } = header
  const alarm = u8(payload, recordAt + sw3lAt.alarm)
  const pulsesPerLitre = u16(payload, recordAt + sw3lAt.kFactor)
  const totalPulses = u32(payload, recordAt + sw3lAt.totalPulses)
  const timeSeconds = u32(payload, recordAt + sw3lAt.time)
  // the factor may be 0; then nobody knows the litres
  const litresOf = (pulses: number) => (pulsesPerLitre === 0 ? null : pulses / pulsesPerLitre)
  const history = historyOf(payload, recordAt + sw3lAt.history)
  return {
    fields: {
      imei: draginoDeviceId(payload),
      imsi: draginoImsi(payload, header),
      model: header.model,
      firmwareHundredths: u8(payload, versionAt + draginoAt.firmware),
      batteryMillivolts: u16(payload, versionAt + draginoAt.battery),
      signal: u8(payload, versionAt + draginoAt.signal),
      pa4: u8(payload, recordAt + sw3lAt.pa4),
      pb15: u8(payload, recordAt + sw3lAt.pb15),
      alarm,
      mod: u8(payload, recordAt + sw3lAt.mod),
      pulsesPerLitre,
      totalPulses,
      litres: litresOf(totalPulses),
      timeSeconds,
      history: history.map((r) => ({ ...r, litres: litresOf(r.totalPulses) })),
    },
    indexes: [indexOf(totalPulses, timeSeconds), ...history.map((r) => indexOf(r.totalPulses, r.timeSeconds))],
    events: alarm === 0 ? [] : [{ kind: 'device_alarm', channel: '', value: alarm }],
  }
}

interface HistoryRecord {
  readonly totalPulses: number
  readonly timeSeconds: number
}

/** The whole records from `from` on, newest first. One of zeros is an empty place, no record. */
const historyOf = (payload: Uint8Array, from: number): HistoryRecord[] => {
  const records: HistoryRecord[] = []
  for (let at = from; at + recordBytes <= payload.length; at += recordBytes) {
    const record = { totalPulses: u32(payload, at), timeSeconds: u32(payload, at + 4) }
    if (record.totalPulses > 0 || record.timeSeconds > 0) records.push(record)
  }
  return records
}

const indexOf = (index: number, timeSeconds: number): DecodedIndex => ({
  channel: 'A',
  index,
  timeSeconds,
  ageSeconds: 0,
  quality: 'measured',
})
