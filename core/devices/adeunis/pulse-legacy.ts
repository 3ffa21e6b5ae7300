import type { RejectReason } from '../../message/rejects.ts'
import { u8, u16LittleEndian, u32LittleEndian } from '../frame-reader.ts'
import type { DecodedEvent, DecodedFrame, DecodedIndex, Profile } from '../profile.ts'

const electricity = 5
const thermal = 9

/**
 * The Adeunis ARF8048PA by Sigfox, the predecessor of the PULSE; little-endian. It applies a pulse weight of its own:
 * its indexes count tenths of a litre (watt hours on an electricity or thermal meter). Each of these is a pulse here,
 * so the registry has 100 millilitres per pulse for it, whatever the weight in the device.
 */
export const adeunisPulseLegacy: Profile = {
  name: 'adeunis-pulse-legacy@1',
  code: 5,
  revision: 1,
  uplinkKind: 'sigfox-data',
  decode: (payload) => {
    if (payload.length === 0) return 'empty_frame'
    switch (u8(payload, 0)) {
      case 0x02:
        return decodeIndexes(payload)
      case 0x03:
        return payload.length < 10 ? 'short_frame' : configuration(payload, deviceSettings)
      case 0x04:
      case 0x05:
        return payload.length < 8 ? 'short_frame' : configuration(payload, counterSettings)
      default:
        return 'unknown_frame'
    }
  },
}

/** The manual has a status byte (12 bytes in all); frames of 11 bytes come without it. */
const decodeIndexes = (bytes: Uint8Array): DecodedFrame | RejectReason => {
  if (bytes.length < 11) return 'short_frame'
  const status = bytes.length === 11 ? null : statusOf(bytes)
  const first = channelAt(bytes, status === null ? 1 : 2)
  const second = channelAt(bytes, status === null ? 6 : 7)
  return {
    fields: () => ({
      frameCode: 0x02,
      status,
      type1: first.type,
      index1: first.index,
      index1Litres: first.litres,
      type2: second.type,
      index2: second.index,
      index2Litres: second.litres,
    }),
    indexes: [measured('A', first.index), measured('B', second.index)],
    events: status === null ? [] : eventsOf(status),
  }
}

const channelAt = (bytes: Uint8Array, at: number) => {
  const type = u8(bytes, at)
  const index = u32LittleEndian(bytes, at + 1)
  return { type, index, litres: type === electricity || type === thermal ? null : index / 10 }
}

const measured = (channel: 'A' | 'B', index: number): DecodedIndex => ({
  channel,
  index,
  timeSeconds: null,
  ageSeconds: 0,
  quality: 'measured',
})

interface Status {
  readonly frameCounter: number
  readonly hardwareError: boolean
  readonly switchInconsistent: boolean
  readonly lowBattery: boolean
  readonly configurationDone: boolean
}

const statusOf = (bytes: Uint8Array): Status => {
  const byte = u8(bytes, 1)
  return {
    frameCounter: byte >> 4,
    hardwareError: (byte & 0x08) !== 0,
    switchInconsistent: (byte & 0x04) !== 0,
    lowBattery: (byte & 0x02) !== 0,
    configurationDone: (byte & 0x01) !== 0,
  }
}

const eventsOf = (status: Status): DecodedEvent[] => {
  const events: DecodedEvent[] = []
  if (status.lowBattery) events.push({ kind: 'low_battery', channel: '', value: 0 })
  if (status.hardwareError) events.push({ kind: 'hardware_error', channel: '', value: 0 })
  if (status.switchInconsistent) events.push({ kind: 'configuration_inconsistent', channel: '', value: 0 })
  return events
}

const configuration = (bytes: Uint8Array, settingsOf: (bytes: Uint8Array) => object): DecodedFrame => {
  const frameCode = u8(bytes, 0)
  const status = statusOf(bytes)
  return {
    fields: () => ({ frameCode, status, ...settingsOf(bytes) }),
    indexes: [],
    events: [{ kind: 'configuration', channel: '', value: frameCode }, ...eventsOf(status)],
  }
}

const deviceSettings = (bytes: Uint8Array) => ({
  deviceType: u8(bytes, 2),
  transmitPeriodSeconds: u16LittleEndian(bytes, 3),
  channel1On: (u8(bytes, 5) & 0x01) !== 0,
  channel2On: (u8(bytes, 5) & 0x02) !== 0,
  type1: u8(bytes, 6),
  type2: u8(bytes, 7),
  pulseInputType: u8(bytes, 8),
  memoSwitch: u8(bytes, 9),
})

/** The settings of one counter; the frame code names it: 0x04 is the first, 0x05 the second. */
const counterSettings = (bytes: Uint8Array) => ({
  counter: u8(bytes, 0) - 3,
  pulseWeight: u16LittleEndian(bytes, 2),
  memoIndex: u32LittleEndian(bytes, 4),
})
