import { u8, u16 } from '../frame-reader.ts'
import type { DecodedEvent } from '../profile.ts'
import { event, eventsOf, type FrameDecoder, type FrameStatus } from './frame.ts'
import { leakDaysAt, tamperAt, thresholdsAt } from './thresholds.ts'

const productModes = ['PARK', 'PRODUCTION', 'TEST', 'DEAD']
const historicModes = ['none', 'every10min', 'every1h']
const debounceMilliseconds = [0, 1, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]

/** In test mode the device counts its periods in steps of 20 seconds. */
const stepSeconds = (bytes: Uint8Array, production: number): number => (u8(bytes, 2) === 2 ? 20 : production)

const inputsOf = (channels: number, debounce: number, position: 0 | 1) => {
  const nibble = channels >> (4 * position)
  return {
    enabled: (nibble & 0x01) !== 0,
    type: (nibble & 0x02) !== 0 ? 'gasPullUpOn' : 'otherPullUpOff',
    tamper: (nibble & 0x08) !== 0,
    debounceMilliseconds: debounceMilliseconds[(debounce >> (4 * position)) & 0x0f] ?? null,
  }
}

const configuration = (status: FrameStatus, fields: () => Record<string, unknown>, ...events: DecodedEvent[]) => ({
  fields: () => ({ frameCode: 0x10, status, ...fields() }),
  indexes: [],
  events: eventsOf(status, event('configuration', '', 0x10), ...events),
})

/** 0x10 of v1 and v2: 9 bytes by Sigfox (a period of one byte); 22 by LoRaWAN (a period of two bytes; thresholds). */
export const decodeConfiguration: FrameDecoder = ({ bytes, status }) => {
  const sigfox = bytes.length === 9
  if (!sigfox && bytes.length < 22) return 'short_frame'
  const channelsAt = sigfox ? 4 : 5
  const channel = (position: 0 | 1) => ({
    ...inputsOf(u8(bytes, channelsAt), u8(bytes, channelsAt + 2), position),
    ...(sigfox ? {} : { ...thresholdsAt(bytes, 10, position), ...leakDaysAt(bytes, 18, position) }),
  })
  return configuration(status, () => ({
    productMode: productModes[u8(bytes, 2)] ?? null,
    transmissionPeriodSeconds: sigfox ? u8(bytes, 3) * stepSeconds(bytes, 600) : u16(bytes, 3) * stepSeconds(bytes, 60),
    historicMode: historicModes[u8(bytes, channelsAt + 1)] ?? null,
    flowPeriodSeconds: u16(bytes, channelsAt + 3) * stepSeconds(bytes, 60),
    A: channel(0),
    B: channel(1),
  }))
}

/** 0x10 from v3 on: 11 bytes by Sigfox, 28 by LoRaWAN and NB-IoT (with thresholds, tamper and redundancy). */
export const decodeSamplingConfiguration: FrameDecoder = ({ bytes, status }) => {
  const sigfox = bytes.length === 11
  if (!sigfox && bytes.length < 28) return 'short_frame'
  const channel = (position: 0 | 1) => ({
    ...inputsOf(u8(bytes, 5), u8(bytes, 8), position),
    ...(sigfox
      ? {}
      : { ...thresholdsAt(bytes, 11, position), ...leakDaysAt(bytes, 19, position), ...tamperAt(bytes, 23, position) }),
  })
  const samplePeriodSeconds = u16(bytes, 6) * 2
  const fields = () => ({
    productMode: productModes[u8(bytes, 2)] ?? null,
    samplesBeforeSending: u16(bytes, 3),
    samplePeriodSeconds,
    sendingPeriodSeconds: u16(bytes, 3) * u16(bytes, 6) * 2,
    flowPeriodSeconds: u16(bytes, 9) * stepSeconds(bytes, 60),
    redundantSamples: sigfox ? null : u8(bytes, 27),
    A: channel(0),
    B: channel(1),
  })
  return samplePeriodSeconds === 0
    ? configuration(status, fields)
    : configuration(status, fields, event('sample_period', '', samplePeriodSeconds))
}
