import { paddedText, u8, u16 } from '../frame-reader.ts'
import { event, eventsOf, type FrameDecoder } from './frame.ts'

/** The settings of NB-IoT have at least address and ports; the access point's name stands behind them. */
const nbiotBytes = 37

/** 0x20: how the device reaches its network. Only the length tells which network that is. */
export const decodeNetwork: FrameDecoder = ({ bytes, status }) => {
  if (bytes.length > 5 && bytes.length < nbiotBytes) return 'short_frame'
  return {
    fields: () => ({ frameCode: 0x20, status, ...settingsOf(bytes) }),
    indexes: [],
    events: eventsOf(status, event('configuration', '', 0x20)),
  }
}

const settingsOf = (bytes: Uint8Array): Record<string, unknown> => {
  switch (bytes.length) {
    case 3:
      return { sigfoxRetries: u8(bytes, 2) & 0x03 }
    case 4:
      return {
        loraAdaptiveDataRate: (u8(bytes, 2) & 0x01) !== 0,
        loraDutyCycle: (u8(bytes, 2) & 0x04) !== 0,
        loraClass: (u8(bytes, 2) & 0x20) !== 0 ? 'C' : 'A',
        loraProvisioning: u8(bytes, 3) === 0 ? 'ABP' : 'OTAA',
      }
    case 5:
      return { sigfoxRetries: u8(bytes, 2) & 0x03, sigfoxDownlinkPeriodMinutes: u16(bytes, 3) }
    default:
      return nbiotSettings(bytes)
  }
}

const nbiotSettings = (bytes: Uint8Array) => ({
  remoteServerAddress: paddedText(bytes, 2, 33),
  remoteServerPort: u16(bytes, 33),
  localPort: u16(bytes, 35),
  apn: paddedText(bytes, 37, Math.min(67, bytes.length)),
})
