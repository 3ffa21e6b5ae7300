import { hexText, u8, u32 } from '../frame-reader.ts'
import type { DecodedEvent, DecodedFrame, Profile } from '../profile.ts'
import { elkoAt, elkoDeviceId, isElko } from './envelope.ts'

const firmwareType = 3
const messageTypes: Readonly<Record<number, string>> = { 1: 'notification', 2: 'heartbeat' }
/** Pulses of an S0 output, or of the sensor on a meter's LED or magnet: both are counted alike. */
const functions: Readonly<Record<number, string>> = { 1: 'S0', 2: 'energyMetering' }

/** The ELKO (iNELS) AirTM-100NB pulse converter: one counter, no clock, no history. */
export const elkoAirtmNb: Profile = {
  name: 'elko-airtm-nb',
  code: 11,
  revision: 1,
  uplinkKind: 'elko-nb',
  recognises: () => true,
  decode: (payload) => {
    if (payload.length === 0) return 'empty_frame'
    if (!isElko(payload)) return 'wrong_profile'
    if (payload.length <= elkoAt.function) return 'short_frame'
    const type = u8(payload, elkoAt.type)
    if (type === firmwareType) return decodeFirmware(payload)
    const messageType = messageTypes[type]
    // ELKO's sensors for other quantities send the same head with another function.
    const measured = functions[u8(payload, elkoAt.function)]
    if (messageType === undefined || measured === undefined) return 'unknown_frame'
    if (payload.length < elkoAt.end) return 'short_frame'
    return decodeCounter(payload, messageType, measured)
  },
}

const decodeCounter = (payload: Uint8Array, messageType: string, measured: string): DecodedFrame => {
  const flags = u8(payload, elkoAt.flags)
  const tamper = (flags & 0x02) !== 0
  const lowBattery = (flags & 0x01) !== 0
  const counter = u32(payload, elkoAt.counter)
  const events: DecodedEvent[] = []
  if (tamper) events.push({ kind: 'tamper', channel: '', value: 0 })
  if (lowBattery) events.push({ kind: 'low_battery', channel: '', value: 0 })
  return {
    fields: () => ({ imei: elkoDeviceId(payload), messageType, function: measured, tamper, lowBattery, counter }),
    indexes: [{ channel: 'A', index: counter, timeSeconds: null, ageSeconds: 0, quality: 'measured' }],
    events,
  }
}

/** The manual does not say what the bytes of the versions mean. */
const decodeFirmware = (payload: Uint8Array): DecodedFrame => ({
  fields: () => ({
    imei: elkoDeviceId(payload),
    messageType: 'firmware',
    versionsHex: hexText(payload, elkoAt.function, payload.length),
  }),
  indexes: [],
  events: [{ kind: 'configuration', channel: '', value: firmwareType }],
})
