import { u16, u32 } from '../frame-reader.ts'
import { event, eventsOf, type FrameDecoder, measured } from './frame.ts'

/** 0x46: the indexes of both channels. */
export const decodeData: FrameDecoder = ({ bytes, status, timeSeconds }) => {
  const counterA = u32(bytes, 2)
  const counterB = u32(bytes, 6)
  return {
    fields: () => ({ frameCode: 0x46, status, counterA, counterB, deviceTimeSeconds: timeSeconds }),
    indexes: [measured('A', counterA, timeSeconds), measured('B', counterB, timeSeconds)],
    events: eventsOf(status),
  }
}

/** 0x47: the flow of both channels. A frame in which neither flows still leaves an alarm. */
export const decodeFlowAlarm: FrameDecoder = ({ bytes, status, timeSeconds }) => {
  const flowA = u16(bytes, 2)
  const flowB = u16(bytes, 4)
  const events = eventsOf(status)
  if (flowA > 0 || flowB === 0) events.push(event('flow_alarm', 'A', flowA))
  if (flowB > 0) events.push(event('flow_alarm', 'B', flowB))
  return {
    fields: () => ({
      frameCode: 0x47,
      status,
      flowAPulsesPerHour: flowA,
      flowBPulsesPerHour: flowB,
      deviceTimeSeconds: timeSeconds,
    }),
    indexes: [],
    events,
  }
}
