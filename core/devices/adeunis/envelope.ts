import { refusedAtDoor } from '../../message/rejects.ts'
import { type Envelope, uplinkOf } from '../envelope.ts'
import { hexText, holdsDigits } from '../frame-reader.ts'
import { deviceTimeSeconds } from './device-time.ts'

/** Bytes of the IMEI field: sixteen digits. */
const imeiBytes = 8

/** Where the fields of the envelope stand. Behind them is the frame that a v4 device also sends by LoRaWAN. */
export const adeunisAt = { signalQuality: imeiBytes, frameCounter: 9, frame: 13 } as const

/** Whether a datagram begins with sixteen decimal digits. */
export const isAdeunis = (datagram: Uint8Array): boolean =>
  datagram.length >= imeiBytes && holdsDigits(datagram, 0, imeiBytes)

/** The digits of the IMEI field as sent. (The vendor's decoder drops the zeros at the head of each half.) */
export const adeunisDeviceId = (datagram: Uint8Array): string => hexText(datagram, 0, imeiBytes)

/** A datagram whose envelope is cut is refused. The frame in it is the decoder's concern. */
export const adeunisEnvelope: Envelope = {
  claims: isAdeunis,
  read: (datagram, receivedAtMs) => {
    const deviceId = adeunisDeviceId(datagram)
    if (datagram.length < adeunisAt.frame)
      return refusedAtDoor('nbiot', 'truncated_datagram', datagram, receivedAtMs, deviceId)
    const timeSeconds = deviceTimeSeconds(datagram, adeunisAt.frame)
    return uplinkOf('adeunis-nbiot', datagram, receivedAtMs, { deviceId, timeSeconds })
  },
}
