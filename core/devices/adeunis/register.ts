import { hexText, u8, u16 } from '../frame-reader.ts'
import { event, eventsOf, type FrameDecoder } from './frame.ts'

const results = [
  'none',
  'success',
  'noUpdate',
  'coherency',
  'invalidRegister',
  'invalidValue',
  'truncatedValue',
  'accessNotAllowed',
]

/** 0x31: the values of the registers that a downlink asked for, end to end; empty where the request was wrong. */
export const decodeRegisterValues: FrameDecoder = ({ bytes, status }) => ({
  // The length of each value depends on its register, and only the downlink named those.
  fields: () => ({ frameCode: 0x31, status, valuesHex: hexText(bytes, 2, bytes.length) }),
  indexes: [],
  events: eventsOf(status, event('register', '', 0x31)),
})

/** 0x33: the result of a downlink that set a register. */
export const decodeRegisterResult: FrameDecoder = ({ bytes, status }) => ({
  fields: () => ({
    frameCode: 0x33,
    status,
    resultCode: u8(bytes, 2),
    result: results[u8(bytes, 2)] ?? null,
    register: u16(bytes, 3),
  }),
  indexes: [],
  events: eventsOf(status, event('register', '', 0x33)),
})
