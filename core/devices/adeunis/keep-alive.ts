import type { Channel } from '../../message/channel.ts'
import { u8, u16 } from '../frame-reader.ts'
import type { DecodedEvent } from '../profile.ts'
import { event, eventsOf, type FrameDecoder } from './frame.ts'

/** 0x30, once a day: the alarms since the last one, and the largest and smallest flow. */
export const decodeKeepAlive: FrameDecoder = ({ bytes, status, timeSeconds }) => {
  const A = channelOf(bytes, 0)
  const B = channelOf(bytes, 1)
  const events = eventsOf(status, event('keep_alive', '', 0))
  pushAlarms(events, 'A', A)
  pushAlarms(events, 'B', B)
  return { fields: () => ({ frameCode: 0x30, status, A, B, deviceTimeSeconds: timeSeconds }), indexes: [], events }
}

/** Manual and vendor code disagree on the tamper bit of channel B. Bit 3, as in the code, fits the other alarms. */
const channelOf = (bytes: Uint8Array, position: 0 | 1) => {
  const alarms = u8(bytes, 2) >> position
  return {
    flowAlarm: (alarms & 0x01) !== 0,
    tamper: (alarms & 0x04) !== 0,
    leak: (alarms & 0x10) !== 0,
    max24hPulsesPerHour: u16(bytes, 3 + 2 * position),
    min24hPulsesPerHour: u16(bytes, 7 + 2 * position),
  }
}

const pushAlarms = (events: DecodedEvent[], name: Channel, channel: ReturnType<typeof channelOf>): void => {
  if (channel.flowAlarm) events.push(event('flow_alarm', name, channel.max24hPulsesPerHour))
  if (channel.tamper) events.push(event('tamper', name, 0))
  if (channel.leak) events.push(event('leak', name, 0))
}
